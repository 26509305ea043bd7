using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>The absolute-form of a request target (RFC 9112, section 3.2.2), which clients send to proxies.</summary>
internal static class RequestTarget
{
    /// <summary>Takes <c>http://host[:port]/path?query</c> apart. The path stays as it is written.</summary>
    /// <param name="target">The target.</param>
    /// <param name="destination">The server it names.</param>
    /// <param name="path">The rest in origin-form; empty where the target has none.</param>
    /// <returns>False when it is not in absolute-form.</returns>
    public static bool TrySplit(string target, out Destination destination, out string path)
    {
        destination = default;
        path = "";
        var colon = target.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        bool isTls;
        switch (target[..colon].ToLowerInvariant())
        {
            case "http" or "ws":
                isTls = false;
                break;
            case "https" or "wss":
                isTls = true;
                break;
            default:
                return false;
        }

        var rest = target.AsSpan(colon + 3);
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        if (!Destination.TryParseAuthority(authority, isTls ? 443 : 80, out var host, out var port))
        {
            return false;
        }

        destination = new Destination(isTls, host, port);
        path = end < 0 ? "" : rest[end..].ToString();
        if (path.Length > 0 && path[0] != '/')
        {
            path = "/" + path;
        }

        return true;
    }

    /// <summary>
    /// The same head with its target in origin-form and without the lines that are meant for the proxy alone; every other byte stays.
    /// </summary>
    public static RequestHead ToOriginForm(RequestHead head, string path)
    {
        if (path.Length == 0)
        {
            // OPTIONS for a server as a whole is '*' (RFC 9112, section 3.2.4).
            path = head.Method == "OPTIONS" ? "*" : "/";
        }

        var raw = new MemoryStream(head.Raw.Length);
        var firstSpace = head.Raw.AsSpan().IndexOf((byte)' ');
        var targetEnd = firstSpace + 1 + head.Target.Length;
        raw.Write(head.Raw.AsSpan(0, firstSpace + 1));
        HeadText.Write(raw, path);

        var position = targetEnd;
        for (var i = 0; i < head.Headers.Count; i++)
        {
            var name = head.Headers.NameBytes(i);
            if (System.Text.Ascii.EqualsIgnoreCase(name, "Proxy-Connection"u8) || System.Text.Ascii.EqualsIgnoreCase(name, "Proxy-Authorization"u8))
            {
                var line = head.Headers.LineRange(i);
                raw.Write(head.Raw.AsSpan(position..line.Start.Value));
                position = line.End.Value;
            }
        }

        raw.Write(head.Raw.AsSpan(position));
        return RequestHead.Parse(raw.ToArray());
    }
}
