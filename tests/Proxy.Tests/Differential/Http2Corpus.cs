using System.Globalization;
using MitmWeb.Proxy.Http2;
using static MitmWeb.Proxy.Tests.Differential.Http2Step;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>Exchanges over HTTP/2: what RFC 9113 allows, and what peers make of that.</summary>
internal static class Http2Corpus
{
    private static readonly (string Name, string Value)[] Basis = [(":method", "GET"), (":scheme", "{scheme}"), (":authority", "x.test"), (":path", "/")];
    private static readonly (string Name, string Value)[] Posted = [(":method", "POST"), .. Basis[1..]];
    private static readonly Http2Step[] Get = [new Fields(true, Basis)];
    private static readonly Http2Step[] NoContent = [new Fields(true, (":status", "204"))];
    private static readonly Http2Step[] Ok = [new Fields(false, (":status", "200"), ("content-length", "2")), new Data(true, "ok")];

    public static IEnumerable<Http2Case> All => Targets().Concat(Methods()).Concat(PseudoFields()).Concat(RequestFields()).Concat(RequestBodies())
        .Concat(Statuses()).Concat(ResponseFields()).Concat(ResponseBodies()).Concat(Interim()).Concat(Resets());

    private static string Large => string.Concat(Enumerable.Range(0, 60_000).Select(i => (char)(i * 31 % 256)));

    private static IEnumerable<Http2Case> Targets()
    {
        string[] paths =
        [
            "/index.html", "/a/../b", "/a/./b", "//double//slash", "/%2e%2e/x", "/c%2fd", "/%zz", "/%", "/a%00b", "/{}|\"", "/<tag>", "/`tick`", "/back\\slash", "/^caret", "/[brackets]", "/*",
            "/caf\u00e9", "/\u00ff\u0080", "/?", "/?q=", "/?a=1&a=2", "/?x=%zz&y=%", "/?x=caf\u00e9", "/?http://other.test/", "/path?x#fragment", "/#", "/a?b?c", "/" + new string('p', 20_000),
        ];
        return paths
            .Select(path => new Http2Case($"path {(path.Length > 40 ? $"of {path.Length} bytes" : path)}", [new Fields(true, [.. Basis[..3], (":path", path)])], Ok))
            .Append(new Http2Case("OPTIONS *", [new Fields(true, (":method", "OPTIONS"), (":scheme", "{scheme}"), (":authority", "x.test"), (":path", "*"))], Ok));
    }

    private static IEnumerable<Http2Case> Methods()
    {
        string[] methods = ["POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "Post", "PURGE", "M-SEARCH", "X!#$%&'*+-.^_`|~9", "A"];
        return methods.Select(method => new Http2Case($"method {method}", [new Fields(true, [(":method", method), .. Basis[1..]])], Ok));
    }

    private static IEnumerable<Http2Case> PseudoFields()
    {
        int[][] orders = [[0, 1, 2, 3], [0, 2, 1, 3], [0, 3, 2, 1], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]];
        foreach (var order in orders)
        {
            yield return new($"pseudo-fields in the order {string.Join(' ', order.Select(i => Basis[i].Name))}", [new Fields(true, [.. order.Select(i => Basis[i])])], Ok);
        }

        yield return new("host instead of :authority", [new Fields(true, [Basis[0], Basis[1], Basis[3], ("x", "1"), ("host", "x.test")])], Ok);
        yield return new("host beside :authority", [new Fields(true, [.. Basis, ("x", "1"), ("host", "X.test")])], Ok);
        yield return new("an authority with a port", [new Fields(true, [Basis[0], Basis[1], (":authority", "Name.test:8443"), Basis[3]])], Ok);
        yield return new("an authority with a user", [new Fields(true, [Basis[0], Basis[1], (":authority", "me@x.test"), Basis[3]])], Ok);
        yield return new("another scheme", [new Fields(true, [Basis[0], (":scheme", "x-odd+1"), Basis[2], Basis[3]])], Ok);
    }

    private static IEnumerable<Http2Case> RequestFields()
    {
        (string Name, (string, string)[] Fields)[] heads =
        [
            ("duplicates", [("x-a", "1"), ("x-b", "2"), ("x-a", "3"), ("x-a", "1")]),
            ("cookie crumbs", [("cookie", "a=1"), ("x", "1"), ("cookie", "b=2; c=3"), ("cookie", "d=a-crumb-that-is-longer-than-twenty-bytes")]),
            ("one long cookie", [("cookie", "a=1; b=2; c=" + new string('c', 5000))]),
            ("an empty cookie", [("cookie", "")]),
            ("empty values", [("x-empty", ""), ("accept", "")]),
            ("white space within", [("x", "a  b\tc")]),
            ("Latin-1", [("x-latin", "caf\u00e9 \u00a0\u00ff")]),
            ("UTF-8", [("x-utf8", "\u00e2\u0082\u00ac \u00f0\u009f\u0098\u0080")]),
            ("control bytes", [("x-control", "a\u0001b\u007fc\u001b[0m")]),
            ("every byte that a name may have", [("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"[1..], "1")]),
            ("colons in values", [("x-url", "http://x/?a=b:c"), ("x-colon", ":")]),
            ("te: trailers", [("te", "trailers")]),
            ("tracing", [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("baggage", "a=b")]),
            ("encodings", [("accept-encoding", "gzip, deflate, br, zstd, x-odd;q=0")]),
            ("credentials", [("authorization", "Basic dTpw"), ("proxy-authorization", "Bearer t")]),
            ("fields that must not be indexed", [("!x-secret", "s"), ("x-open", "o"), ("!authorization", "Bearer t")]),
            ("forwarding", [("via", "2 other"), ("x-forwarded-for", "1.2.3.4"), ("forwarded", "for=\"[::1]\"")]),
            ("conditions", [("if-none-match", "W/\"a\", \"b\""), ("if-modified-since", "not a date")]),
            ("priority", [("priority", "u=1, i")]),
            ("content-length of 0", [("content-length", "0")]),
            ("a content type without content", [("content-type", "text/plain")]),
            ("expect", [("expect", "100-continue")]),
            ("a value of 60 KiB", [("x-long", new string('v', 60 * 1024))]),
            ("a value of bytes that Huffman makes longer", [("x-odd", string.Concat(Enumerable.Range(128, 120).Select(i => (char)i)))]),
            ("200 fields", [.. Enumerable.Range(0, 200).Select(i => ($"x-header-{i}", $"value {i}"))]),
        ];
        return heads.Select(head => new Http2Case($"request with {head.Name}", [new Fields(true, [.. Basis, .. head.Fields])], Ok));
    }

    private static IEnumerable<Http2Case> RequestBodies()
    {
        yield return new("request with content", [new Fields(false, Posted), new Data(true, "hello")], Ok);
        yield return new("request with content and its length", [new Fields(false, [.. Posted, ("content-length", "5")]), new Data(true, "hello")], Ok);
        yield return new("request with content in pieces", [new Fields(false, Posted), new Data(false, "hel"), new Data(false, ""), new Data(false, "lo"), new Data(true, "!")], Ok);
        yield return new("request that ends with an empty frame", [new Fields(false, Posted), new Data(false, "hello"), new Data(true, "")], Ok);
        yield return new("request with empty content", [new Fields(false, Posted), new Data(true, "")], Ok);
        yield return new("request with empty content and its length", [new Fields(false, [.. Posted, ("content-length", "0")]), new Data(true, "")], Ok);
        yield return new("GET with content", [new Fields(false, Basis), new Data(true, "hello")], Ok);
        yield return new("request with trailers", [new Fields(false, [.. Posted, ("trailer", "x-sum")]), new Data(false, "hello"), new Fields(true, ("x-sum", "9"), ("x-sum", "10"), ("x-e", ""))], Ok);
        yield return new("request with trailers and no content", [new Fields(false, Posted), new Fields(true, ("x-sum", "9"))], Ok);
        yield return new("request with trailers after its whole length", [new Fields(false, [.. Posted, ("content-length", "5")]), new Data(false, "hello"), new Fields(true, ("x-sum", "9"))], Ok);
        yield return new("request with binary content", [new Fields(false, Posted), .. Large.Chunk(10_000).Select((part, i) => new Data(i == 5, new string(part)))], Ok);
        yield return new("request with content that looks like a request", [new Fields(false, Posted), new Data(true, "GET /evil HTTP/1.1\r\nX: 1\r\n\r\n")], Ok);
    }

    private static IEnumerable<Http2Case> Statuses()
    {
        string[] statuses = ["200", "201", "205", "299", "302", "404", "407", "418", "451", "500", "505", "599", "799", "999"];
        foreach (var status in statuses)
        {
            yield return new($"status {status}", Get, [new Fields(false, (":status", status), ("content-length", "2")), new Data(true, "ok")]);
            yield return new($"status {status} without content", Get, [new Fields(true, (":status", status))]);
        }

        yield return new("204", Get, NoContent);
        yield return new("204 with content-length", Get, [new Fields(true, (":status", "204"), ("content-length", "0"))]);
        yield return new("304 with content-length", Get, [new Fields(true, (":status", "304"), ("content-length", "99"), ("etag", "\"x\""))]);
        yield return new("HEAD with content-length", [new Fields(true, [(":method", "HEAD"), .. Basis[1..]])], [new Fields(true, (":status", "200"), ("content-length", "1234"))]);
        yield return new("HEAD that ends with an empty frame", [new Fields(true, [(":method", "HEAD"), .. Basis[1..]])], [new Fields(false, (":status", "200"), ("content-length", "1234")), new Data(true, "")]);
    }

    private static IEnumerable<Http2Case> ResponseFields()
    {
        (string Name, (string, string)[] Fields)[] heads =
        [
            ("neither date nor server", [("x", "1")]),
            ("duplicates", [("x-a", "1"), ("x-b", "2"), ("x-a", "3")]),
            ("set-cookie several times", [("set-cookie", "a=1; Path=/"), ("x", "1"), ("set-cookie", "b=2, c; Expires=Thu, 01 Jan 1970 00:00:00 GMT")]),
            ("empty values", [("x-empty", ""), ("server", "")]),
            ("Latin-1 and UTF-8", [("x-l", "\u00e9\u00ff"), ("content-disposition", "attachment; filename=\"na\u00efve.txt\""), ("x-u", "\u00c3\u00a9")]),
            ("control bytes", [("x-c", "a\u0001\u007fb")]),
            ("alt-svc and hsts", [("alt-svc", "h3=\":443\"; ma=86400"), ("strict-transport-security", "max-age=1")]),
            ("challenges", [("www-authenticate", "Basic realm=\"a\""), ("proxy-authenticate", "Digest realm=\"b\"")]),
            ("an encoding that it is not", [("content-encoding", "gzip")]),
            ("a location that is odd", [("location", "//x/../y z?{}")]),
            ("dates that are none", [("date", "yesterday"), ("last-modified", "0"), ("expires", "-1"), ("age", "x")]),
            ("fields that must not be indexed", [("!x-secret", "s"), ("!set-cookie", "t=1")]),
            ("a status of its own in a field", [("status", "404")]),
            ("200 fields", [.. Enumerable.Range(0, 200).Select(i => ($"x-{i}", i.ToString(CultureInfo.InvariantCulture)))]),
            ("60 KiB in one field", [("x-long", new string('v', 60 * 1024))]),
        ];
        return heads.Select(head => new Http2Case($"response with {head.Name}", Get, [new Fields(false, [(":status", "200"), .. head.Fields]), new Data(true, "ok")]));
    }

    private static IEnumerable<Http2Case> ResponseBodies()
    {
        var head = new Fields(false, (":status", "200"));
        yield return new("response with empty content", Get, [head, new Data(true, "")]);
        yield return new("response with empty content and its length", Get, [new Fields(false, (":status", "200"), ("content-length", "0")), new Data(true, "")]);
        yield return new("response with a length of 0 and no content", Get, [new Fields(true, (":status", "200"), ("content-length", "0"))]);
        yield return new("response that ends with an empty frame", Get, [head, new Data(false, "hello"), new Data(true, "")]);
        yield return new("response in pieces", Get, [head, new Data(false, "a"), new Data(false, ""), new Data(false, "b"), new Data(true, "c")]);
        yield return new("response with binary content", Get, [head, .. Large.Chunk(10_000).Select((part, i) => new Data(i == 5, new string(part)))]);
        yield return new("response with trailers", Get, [head, new Data(false, "body"), new Fields(true, ("grpc-status", "0"), ("x-t", "1"), ("x-t", ""), ("!x-s", "2"))]);
        yield return new("response with trailers and no content", Get, [head, new Fields(true, ("grpc-status", "5"))]);
        yield return new("response with trailers after its whole length", Get, [new Fields(false, (":status", "200"), ("content-length", "4")), new Data(false, "body"), new Fields(true, ("x-t", "1"))]);
        yield return new("response of fields alone (gRPC's trailers-only)", Get, [new Fields(true, (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12"))]);
        yield return new("response that is complete before the request is", [new Fields(false, Posted), new Data(false, "some"), new Await(4), new Data(true, "")], [new Await(4), new Fields(false, (":status", "200")), new Data(true, "late")]);
    }

    private static IEnumerable<Http2Case> Interim()
    {
        yield return new("103 before 200", Get, [new Fields(false, (":status", "103"), ("link", "</a.css>; rel=preload"), ("link", "</b.js>")), .. Ok]);
        yield return new("three interim responses", Get, [new Fields(false, (":status", "102")), new Fields(false, (":status", "103"), ("link", "<x>")), new Fields(false, (":status", "199"), ("x", "y")), .. Ok]);
        yield return new("100 that nobody asked for", Get, [new Fields(false, (":status", "100")), .. Ok]);
        yield return new("103 before a response without content", Get, [new Fields(false, (":status", "103")), .. NoContent]);
    }

    private static IEnumerable<Http2Case> Resets()
    {
        foreach (var code in new[] { Http2ErrorCode.NoError, Http2ErrorCode.InternalError, Http2ErrorCode.Cancel, Http2ErrorCode.EnhanceYourCalm, (Http2ErrorCode)0x1234 })
        {
            yield return new($"the client resets with {code}", [new Fields(false, Posted), new Data(false, "some"), new Await(3), new Reset(code)], [new Await(4), new Fields(false, (":status", "200")), new Data(false, "abc")]);
            yield return new($"the server resets with {code} within the response", Get, [new Fields(false, (":status", "200")), new Data(false, "abc"), new Reset(code)]);
        }

        foreach (var code in new[] { Http2ErrorCode.InternalError, Http2ErrorCode.Cancel, Http2ErrorCode.Http11Required })
        {
            yield return new($"the server resets with {code} instead of a response", Get, [new Reset(code)]);
        }
    }
}
