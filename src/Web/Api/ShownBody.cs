using MitmWeb.Proxy.Http;

namespace MitmWeb.Web.Api;

/// <summary>A body that a browser may show as what it is, and what it must not do meanwhile. Anything may be in it: nothing of it runs, nothing is
/// loaded from elsewhere, and to the browser it is of no origin.</summary>
/// <param name="Type">The content type to send.</param>
/// <param name="Policy">The content security policy to send.</param>
internal sealed record ShownBody(string Type, string Policy)
{
    private const string ImagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    private const string PagePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; " +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

    /// <summary>Browsers show a PDF in a viewer of their own, which does not work in a sandbox and keeps the document apart itself.</summary>
    private const string PdfPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

    private static readonly HashSet<string> SafeImages = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml",
    };

    /// <summary>How to show a message's body.</summary>
    /// <param name="kind">“image”, “pdf” or “html”; anything else is not shown.</param>
    /// <param name="headers">Those of the message.</param>
    /// <returns>Null when it is not to be shown as that.</returns>
    public static ShownBody? Of(string? kind, HeaderList? headers)
    {
        var sent = headers?.Find("content-type"u8);
        var type = sent?.Split(';')[0].Trim().ToLowerInvariant();
        return kind switch
        {
            "image" when type is not null && SafeImages.Contains(type) => new ShownBody(type, ImagePolicy),
            "pdf" when type is "application/pdf" => new ShownBody(type, PdfPolicy),
            "html" when type is "text/html" or "application/xhtml+xml" => new ShownBody(Printable(sent!), PagePolicy),
            _ => null,
        };
    }

    /// <summary>With its charset; it is a header again.</summary>
    private static string Printable(string value) => new([.. value.Where(c => c is >= ' ' and < '\u007f')]);
}
