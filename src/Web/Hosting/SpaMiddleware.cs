using System.Collections.Concurrent;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using MitmWeb.Web.Pages;

namespace MitmWeb.Web.Hosting;

/// <summary>
/// Serves the dashboard's files, and <c>index.html</c> for every address that the dashboard's own router knows. Files whose names hold
/// the hash of their content (<c>/assets/</c>) may be kept for good; <c>index.html</c>, which names them, is asked for each time.
/// </summary>
internal sealed class SpaMiddleware(RequestDelegate next, SpaFolder folder)
{
    private const string Index = "index.html";

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    private readonly ConcurrentDictionary<string, SpaFile> _files = new(StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (context.GetEndpoint() is not null || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            return next(context);
        }

        if (folder.Path is null)
        {
            return WantsPage(context.Request, path) ? AnswerNotBuilt(context) : next(context);
        }

        if (Find(path.TrimStart('/')) is { } file)
        {
            return Send(context, file, path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache");
        }

        return WantsPage(context.Request, path) && Find(Index) is { } index ? Send(context, index, "no-cache") : next(context);
    }

    /// <summary>An address without an extension is one of the dashboard's own; a missing file stays a 404.</summary>
    private static bool WantsPage(HttpRequest request, string path) =>
        !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/hub") && (path == "/" || !Path.HasExtension(path));

    private SpaFile? Find(string name)
    {
        if (name.Length == 0)
        {
            name = Index;
        }

        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var path = Path.GetFullPath(Path.Join(folder.Path, name));
        if (!path.StartsWith(folder.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
        {
            return null;
        }

        if (_files.TryGetValue(path, out var known) && known.Modified == File.GetLastWriteTimeUtc(path))
        {
            return known;
        }

        var contentType = ContentTypes.TryGetContentType(path, out var found) ? found : "application/octet-stream";
        return _files[path] = SpaFile.Read(path, contentType);
    }

    private static Task Send(HttpContext context, SpaFile file, string cacheControl)
    {
        var response = context.Response;
        response.Headers.CacheControl = cacheControl;
        response.Headers.ETag = file.ETag.ToString();
        if (file.IsCompressible)
        {
            response.Headers.Vary = HeaderNames.AcceptEncoding;
        }

        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(file.ETag, useStrongComparison: false) || tag.Tag == "*"))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = file.ContentType.StartsWith("text/", StringComparison.Ordinal) ? file.ContentType + "; charset=utf-8" : file.ContentType;
        var body = file.Content;
        if (file.IsCompressible && Accepts(context.Request.Headers.AcceptEncoding, "br"))
        {
            response.Headers.ContentEncoding = "br";
            body = file.Brotli;
        }
        else if (file.IsCompressible && Accepts(context.Request.Headers.AcceptEncoding, "gzip"))
        {
            response.Headers.ContentEncoding = "gzip";
            body = file.Gzip;
        }

        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool Accepts(StringValues header, string encoding) =>
        StringWithQualityHeaderValue.TryParseList((IList<string>)(string[])header!, out var values)
        && values.Any(value => value.Quality is not 0 && value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));

    private static Task AnswerNotBuilt(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            PlainPage.Write(
                "MitmWeb",
                """
                <h1>The dashboard is not built</h1>
                <p>The proxy and the API run, but the dashboard's files are not beside the program. In a checkout, run
                <code>npm start</code> (or <code>npm run build</code>) and load this page again.</p>
                <p class="by">To set up a device for the proxy, see <a href="/setup">the set-up page</a>.</p>
                """),
            context.RequestAborted);
    }
}
