using System.Globalization;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>Raw HTTP/1.x exchanges: what clients and servers legally do, and what they do although they should not.</summary>
internal static class Corpus
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Get = "GET / HTTP/1.1\r\nHost: example.test\r\n\r\n";

    public static IEnumerable<RawCase> All => Targets().Concat(Methods()).Concat(RequestHeaders()).Concat(RequestBodies())
        .Concat(StatusLines()).Concat(ResponseHeaders()).Concat(ResponseBodies()).Concat(Bodyless()).Concat(Interim()).Concat(Leniency());

    private static IEnumerable<RawCase> Targets()
    {
        string[] targets =
        [
            "/", "/index.html", "/a/../b", "/a/./b", "//double//slash", "/%2e%2e/x", "/c%2fd", "/%zz", "/%", "/a%00b", "/a;b;c=d", "/a,b", "/~user", "/{}|\"", "/<tag>", "/`tick`",
            "/back\\slash", "/^caret", "/[brackets]", "/*", "/:colon", "/a:b@c", "/caf\u00e9", "/\u00ff\u0080", "/?", "/?q", "/?q=", "/?a=1&b=2", "/?a=1&a=2", "/?a[]=1&a[]=2", "/?x=%zz&y=%",
            "/?x={}|\"<>", "/?x=caf\u00e9", "/?x=a+b%20c", "/?http://other.test/", "/?a=/../b", "/path?x#fragment", "/#", "/a?b?c", "/" + new string('p', 2000), "/?" + new string('q', 30_000), "*",
        ];
        return targets.Select(target => new RawCase(
            $"target {(target.Length > 40 ? $"of {target.Length} bytes" : target)}",
            $"{(target == "*" ? "OPTIONS" : "GET")} {target} HTTP/1.1\r\nHost: example.test\r\n\r\n",
            Ok));
    }

    private static IEnumerable<RawCase> Methods()
    {
        string[] methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "Post", "PURGE", "M-SEARCH", "PROPFIND", "VERSION-CONTROL", "X!#$%&'*+-.^_`|~9", "A", "LINK", "REPORT"];
        return methods.Select(method => new RawCase($"method {method}", $"{method} /m HTTP/1.1\r\nHost: example.test\r\n\r\n", Ok));
    }

    private static IEnumerable<RawCase> RequestHeaders()
    {
        (string Name, string Lines)[] heads =
        [
            ("Host last", "Accept: */*\r\nHost: example.test\r\n"),
            ("Host in odd case", "hOsT: Example.TEST:80\r\n"),
            ("no Host", "Accept: */*\r\n"),
            ("two Hosts", "Host: a.test\r\nHost: b.test\r\n"),
            ("no headers", ""),
            ("duplicates", "Host: x\r\nX-A: 1\r\nx-a: 2\r\nX-B: 3\r\nX-A: 4\r\n"),
            ("cookies in several lines", "Host: x\r\nCookie: a=1\r\nCookie: b=2; c=3\r\ncookie: d=4\r\n"),
            ("empty value", "Host: x\r\nX-Empty:\r\nX-Spaces:   \r\nX-Tab:\t\r\n"),
            ("spacing", "Host:x\r\nX-None:a\r\nX-Two:  a  b  \r\nX-Tab:\ta\tb\t\r\n"),
            ("Latin-1", "Host: x\r\nX-Latin: caf\u00e9 \u00a0\u00ff\r\n"),
            ("UTF-8", "Host: x\r\nX-Utf8: \u00e2\u0082\u00ac \u00f0\u009f\u0098\u0080\r\n"),
            ("control bytes", "Host: x\r\nX-Control: a\u0001b\u007fc\r\n"),
            ("name that is no token", "Host: x\r\nX(Bad): 1\r\n[x]: 2\r\nX\u00e9: 3\r\n"),
            ("colons", "Host: x\r\nX-Colon: a:b:c\r\nX-Url: http://x/?a=b:c\r\n"),
            ("hop-by-hop", "Host: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers, gzip;q=0.5\r\n"),
            ("upgrade that is not taken", "Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
            ("tracing", "Host: x\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nbaggage: a=b\r\n"),
            ("encodings", "Host: x\r\nAccept-Encoding: gzip, deflate, br, zstd, x-odd;q=0\r\n"),
            ("insecure requests", "Host: x\r\nUpgrade-Insecure-Requests: 1\r\nDNT: 1\r\nSec-Fetch-Mode: navigate\r\n"),
            ("authorization", "Host: x\r\nAuthorization: Basic dTpw\r\nAuthorization: Bearer t\r\n"),
            ("range", "Host: x\r\nRange: bytes=0-4,6-\r\nIf-Range: \"x\"\r\n"),
            ("conditions", "Host: x\r\nIf-None-Match: W/\"a\", \"b\"\r\nIf-Modified-Since: not a date\r\n"),
            ("forwarding", "Host: x\r\nVia: 1.1 other\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=\"[::1]\"\r\n"),
            ("long value", "Host: x\r\nX-Long: " + new string('v', 60 * 1024) + "\r\n"),
            ("200 headers", "Host: x\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"X-Header-{i}: value {i}\r\n")))),
        ];
        return heads.Select(head => new RawCase($"request with {head.Name}", $"GET /h HTTP/1.1\r\n{head.Lines}\r\n", Ok));
    }

    private static IEnumerable<RawCase> RequestBodies()
    {
        var large = string.Concat(Enumerable.Range(0, 40_000).Select(i => (char)(i * 31 % 256)));
        (string Name, string Request)[] bodies =
        [
            ("Content-Length 0", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"),
            ("POST without a body", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("a short body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
            ("GET with a body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
            ("DELETE with a body", "DELETE / HTTP/1.1\r\nHost: x\r\ncontent-length:5\r\n\r\nhello"),
            ("a binary body", $"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {large.Length}\r\n\r\n{large}"),
            ("a body that looks like a request", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\n\r\nGET /evil HTTP/1.1\r\nX: 1\r\n\r\n"),
            ("Content-Type without a body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n"),
            ("equal Content-Lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
            ("Content-Length with zeros", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0005\r\n\r\nhello"),
            ("chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
            ("an empty chunked body", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            ("chunk extensions", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d;e\"\r\nhello\r\n0;last=1\r\n\r\n"),
            ("chunk sizes in odd spelling", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0A\r\n0123456789\r\n00000a\r\nabcdefghij\r\n000\r\n\r\n"),
            ("trailers", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\nx-t:2\r\nX-Latin: \u00e9\r\n\r\n"),
            ("gzip and chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
            ("one-byte chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat("many small chunks".Select(c => $"1\r\n{c}\r\n")) + "0\r\n\r\n"),
            ("a large chunk", $"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{large.Length:X}\r\n{large}\r\n0\r\n\r\n"),
        ];
        return bodies.Select(body => new RawCase($"request with {body.Name}", body.Request, Ok));
    }

    private static IEnumerable<RawCase> StatusLines()
    {
        string[] lines =
        [
            "HTTP/1.1 200 OK", "HTTP/1.1 200 Fine Indeed", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 201 Created", "HTTP/1.1 299 Odd", "HTTP/1.1 302 Found", "HTTP/1.1 404 caf\u00e9",
            "HTTP/1.1 418 I'm a teapot", "HTTP/1.1 451 Unavailable For Legal Reasons", "HTTP/1.1 500 Oh  no  ", "HTTP/1.1 599 x", "HTTP/1.1 799 Beyond", "HTTP/1.1 999 Weird", "HTTP/1.0 200 OK", "HTTP/1.1 407 Proxy Authentication Required", "HTTP/1.1 505 HTTP Version Not Supported",
        ];
        return lines.Select(line => new RawCase($"status line '{line}'", Get, $"{line}\r\nContent-Length: 2\r\n\r\nok"));
    }

    private static IEnumerable<RawCase> ResponseHeaders()
    {
        (string Name, string Lines)[] heads =
        [
            ("order and case", "server: x\r\nDATE: Thu, 01 Jan 1970 00:00:00 GMT\r\nx-b: 1\r\nX-A: 2\r\n"),
            ("no Date and no Server", "X: 1\r\n"),
            ("duplicates", "X-A: 1\r\nX-B: 2\r\nx-a: 3\r\n"),
            ("Set-Cookie in several lines", "Set-Cookie: a=1; Path=/\r\nX: 1\r\nset-cookie: b=2, c; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
            ("empty values", "X-Empty:\r\nX-Space:  \r\n"),
            ("Latin-1 and UTF-8", "X-L: \u00e9\u00ff\r\nX-U: \u00c3\u00a9\r\nContent-Disposition: attachment; filename=\"na\u00efve.txt\"\r\n"),
            ("control bytes", "X-C: a\u0001\u007fb\r\n"),
            ("a name that is no token", "X(Y): 1\r\nX Y: 2\r\n\u00e9: 3\r\n"),
            ("a space before the colon", "X-Space : 1\r\n"),
            ("a line without a colon", "no colon at all\r\n"),
            ("an empty name", ": nameless\r\n"),
            ("folds", "X-Fold: a\r\n b\r\n\t c\r\n"),
            ("Alt-Svc and HSTS", "Alt-Svc: h3=\":443\"; ma=86400\r\nStrict-Transport-Security: max-age=1\r\nPublic-Key-Pins: x\r\n"),
            ("Keep-Alive", "Keep-Alive: timeout=5, max=100\r\nConnection: keep-alive\r\nProxy-Connection: keep-alive\r\n"),
            ("hop-by-hop names", "Connection: X-Hop\r\nX-Hop: 1\r\nUpgrade: h2c\r\n"),
            ("challenges", "WWW-Authenticate: Basic realm=\"a\"\r\nProxy-Authenticate: Digest realm=\"b\"\r\n"),
            ("a security policy", "Content-Security-Policy: default-src 'none'; script-src 'self'\r\n"),
            ("an encoding that it is not", "Content-Encoding: gzip\r\n"),
            ("a Location that is odd", "Location: //x/../y z?{}\r\n"),
            ("Date that is none", "Date: yesterday\r\nLast-Modified: 0\r\nExpires: -1\r\nAge: x\r\n"),
            ("200 lines", string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"X-{i}: {i}\r\n")))),
            ("60 KiB in one line", "X-Long: " + new string('v', 60 * 1024) + "\r\n"),
        ];
        return heads.Select(head => new RawCase($"response with {head.Name}", Get, $"HTTP/1.1 200 OK\r\n{head.Lines}Content-Length: 2\r\n\r\nok"));
    }

    private static IEnumerable<RawCase> ResponseBodies()
    {
        var large = string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)(i * 17 % 256)));
        yield return new("response with an empty body", Get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        yield return new("response with a binary body", Get, $"HTTP/1.1 200 OK\r\nContent-Length: {large.Length}\r\n\r\n{large}");
        yield return new("response with equal Content-Lengths", Get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        yield return new("response with a list of equal Content-Lengths", Get, "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello");
        yield return new("response in chunks", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        yield return new("response with chunk extensions", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a=\"b\"\r\nhello\r\n0;z\r\n\r\n");
        yield return new("response with padded chunk sizes", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000005  \r\nhello\r\n0000\r\n\r\n");
        yield return new("response with trailers", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\nServer-Timing: a;dur=1\r\n\r\n");
        yield return new("response with many chunks", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Range(1, 500).Select(i => $"{i:x}\r\n{new string('c', i)}\r\n")) + "0\r\n\r\n");
        yield return new("response with one large chunk", Get, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{large.Length:x}\r\n{large}\r\n0\r\n\r\n");
        yield return new("response to HTTP/1.0 that ends with the connection", "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nuntil the end", true);
        yield return new("response to HTTP/1.1 that ends with the connection", Get, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", true);
        yield return new("response that ends with the connection without saying so", Get, "HTTP/1.1 200 OK\r\n\r\nuntil the end", true);
        yield return new("HTTP/1.0 with keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
        yield return new("Connection: close by the client", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", Ok, true);
        yield return new("transfer coding without chunks", Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nnot really gzip", true);
    }

    private static IEnumerable<RawCase> Bodyless()
    {
        const string Head = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return new("HEAD with Content-Length", Head, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        yield return new("HEAD with chunks announced", Head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        yield return new("HEAD with nothing announced", Head, "HTTP/1.1 200 OK\r\nX: 1\r\n\r\n");
        yield return new("HEAD with 404", Head, "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\nContent-Type: text/html\r\n\r\n");
        yield return new("204", Get, "HTTP/1.1 204 No Content\r\n\r\n");
        yield return new("204 with Content-Length", Get, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
        yield return new("304", Get, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
        yield return new("304 with Content-Length", Get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
        yield return new("205", Get, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n");
    }

    private static IEnumerable<RawCase> Interim()
    {
        yield return new("103 before 200", Get, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>\r\n\r\n" + Ok);
        yield return new("three interim responses", Get, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 199 Odd\r\nx:y\r\n\r\n" + Ok);
        yield return new("100 that nobody asked for", Get, "HTTP/1.1 100 Continue\r\n\r\n" + Ok);
        yield return new("interim with an odd phrase", Get, "HTTP/1.1 103 What  Now\r\n\r\n" + Ok);
    }

    private static IEnumerable<RawCase> Leniency()
    {
        yield return new("response with LF line ends", Get, "HTTP/1.1 200 OK\nX: 1\nContent-Length: 2\n\nok");
        yield return new("response with mixed line ends", Get, "HTTP/1.1 200 OK\r\nX: 1\nContent-Length: 2\r\n\nok");
        yield return new("request with LF line ends", "GET /lf HTTP/1.1\nHost: x\n\n", Ok);
    }
}
