using System.Globalization;

namespace MitmWeb.Proxy.Audit;

/// <summary>A Set-Cookie header as browsers understand it (RFC 6265bis, section 5.6).</summary>
internal sealed record SetCookie
{
    public required string Name { get; init; }

    public bool Secure { get; private init; }

    public bool HttpOnly { get; private init; }

    /// <summary><c>strict</c>, <c>lax</c>, <c>none</c>; null when there is none or another word.</summary>
    public string? SameSite { get; private init; }

    public string? Path { get; private init; }

    public bool HasDomain { get; private init; }

    /// <summary>Whether it only takes an older cookie away.</summary>
    public bool IsDeletion { get; private init; }

    /// <summary>Reads a header's value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="now">The moment at which it was set.</param>
    /// <returns>Null when browsers ignore it.</returns>
    public static SetCookie? Parse(string value, DateTimeOffset now)
    {
        var parts = value.Split(';');
        var equals = parts[0].IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? "" : parts[0][..equals]).Trim(' ', '\t');
        var content = parts[0][(equals + 1)..].Trim(' ', '\t');
        if (name.Length == 0 && content.Length == 0)
        {
            return null;
        }

        var cookie = new SetCookie { Name = name };
        bool? deletedByAge = null;
        var expired = false;
        foreach (var part in parts.AsSpan(1))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var argument = at < 0 ? "" : part[(at + 1)..].Trim(' ', '\t');
            switch ((at < 0 ? part : part[..at]).Trim(' ', '\t').ToLowerInvariant())
            {
                case "secure":
                    cookie = cookie with { Secure = true };
                    break;
                case "httponly":
                    cookie = cookie with { HttpOnly = true };
                    break;
                case "samesite":
                    cookie = cookie with { SameSite = argument.ToLowerInvariant() is "strict" or "lax" or "none" ? argument.ToLowerInvariant() : null };
                    break;
                case "path":
                    cookie = cookie with { Path = argument };
                    break;
                case "domain":
                    cookie = cookie with { HasDomain = argument.Trim('.').Length > 0 };
                    break;
                case "max-age":
                    deletedByAge = long.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var age) ? age <= 0 : deletedByAge;
                    break;
                case "expires":
                    expired = DateTimeOffset.TryParse(
                        argument.Replace('-', ' '), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) && end <= now;
                    break;
            }
        }

        // Max-Age wins over Expires (section 5.7).
        return cookie with { IsDeletion = deletedByAge ?? expired };
    }

    /// <summary>What of a prefix's promise (section 4.1.3) does not hold, so that browsers refuse the cookie; null when nothing.</summary>
    public string? BrokenPrefix => this switch
    {
        { Secure: false } when HasPrefix("__Secure-") || HasPrefix("__Host-") => "without Secure",
        { HasDomain: true } when HasPrefix("__Host-") => "with Domain",
        { Path: not "/" } when HasPrefix("__Host-") => "without Path=/",
        _ => null,
    };

    private bool HasPrefix(string prefix) => Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
