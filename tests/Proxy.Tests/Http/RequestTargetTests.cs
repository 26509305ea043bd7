using System.Text;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("http://a/", "http a 80", "/")]
    [InlineData("http://a", "http a 80", "")]
    [InlineData("HTTP://A:81/x", "http A 81", "/x")]
    [InlineData("https://a/x?y#z", "https a 443", "/x?y#z")]
    [InlineData("https://a:444", "https a 444", "")]
    [InlineData("ws://a/chat", "http a 80", "/chat")]
    [InlineData("wss://a/chat", "https a 443", "/chat")]
    [InlineData("http://a?x=1", "http a 80", "/?x=1")]
    [InlineData("http://user:pass@a:8/x", "http a 8", "/x")]
    [InlineData("http://u@v@a/", "http a 80", "/")]
    [InlineData("http://a/@b:1/", "http a 80", "/@b:1/")]
    [InlineData("http://[::1]:8080/x", "http ::1 8080", "/x")]
    [InlineData("http://[2001:db8::1]/", "http 2001:db8::1 80", "/")]
    [InlineData("http://a:/x", "http a 80", "/x")]
    [InlineData("http://a/../b//c%2fd?x=%zz{}|\"", "http a 80", "/../b//c%2fd?x=%zz{}|\"")]
    [InlineData("http://a//b", "http a 80", "//b")]
    public void TrySplit_AbsoluteForm_GivesServerAndPath(string target, string server, string path)
    {
        Assert.True(RequestTarget.TrySplit(target, out var destination, out var actual));
        Assert.Equal(server, $"{destination.Scheme} {destination.Host} {destination.Port}");
        Assert.Equal(path, actual);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("a:443")]
    [InlineData("ftp://a/")]
    [InlineData("http:/a/")]
    [InlineData("http:///x")]
    [InlineData("http://a:0/")]
    [InlineData("http://a:65536/")]
    [InlineData("http://a:-1/")]
    [InlineData("http://a:1:2/")]
    [InlineData("http://[::1/")]
    [InlineData("http://[1.2.3.4]/")]
    [InlineData("http://a b/")]
    [InlineData("://a/")]
    [InlineData("")]
    public void TrySplit_AnythingElse_IsFalse(string target) => Assert.False(RequestTarget.TrySplit(target, out _, out _));

    [Theory]
    [InlineData("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "GET /x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://a HTTP/1.1\r\n\r\n", "", "GET / HTTP/1.1\r\n\r\n")]
    [InlineData("OPTIONS http://a HTTP/1.1\r\n\r\n", "", "OPTIONS * HTTP/1.1\r\n\r\n")]
    [InlineData("OPTIONS http://a/ HTTP/1.1\r\n\r\n", "/", "OPTIONS / HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://a/x HTTP/1.1\nhOST:a \nx: 1\nX:\n\n", "/x", "GET /x HTTP/1.1\nhOST:a \nx: 1\nX:\n\n")]
    [InlineData(
        "GET http://a/\u00e9 HTTP/1.0\r\nProxy-Connection: keep-alive\r\nA: \u00ff\r\nPROXY-AUTHORIZATION: x\r\n  folded\r\nB:  2\r\nproxy-connection: x\r\n\r\n",
        "/\u00e9",
        "GET /\u00e9 HTTP/1.0\r\nA: \u00ff\r\nB:  2\r\n\r\n")]
    public void ToOriginForm_KeepsEveryOtherByte(string raw, string path, string expected)
    {
        var head = RequestTarget.ToOriginForm(RequestHead.Parse(Encoding.Latin1.GetBytes(raw)), path);

        Assert.Equal(expected, Encoding.Latin1.GetString(head.Raw));
    }

    [Theory]
    [InlineData("a:1", 0, "a", 1)]
    [InlineData("a", 80, "a", 80)]
    [InlineData("a:", 80, "a", 80)]
    [InlineData("1.2.3.4:65535", 0, "1.2.3.4", 65535)]
    [InlineData("[::1]:2", 0, "::1", 2)]
    [InlineData("[fe80::1%2]:2", 0, "fe80::1%2", 2)]
    [InlineData("a_b.c-d.:5", 0, "a_b.c-d.", 5)]
    public void TryParseAuthority_HostAndPort_AreRead(string authority, int defaultPort, string host, int port)
    {
        Assert.True(Destination.TryParseAuthority(authority, defaultPort, out var actualHost, out var actualPort));
        Assert.Equal((host, port), (actualHost, actualPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("a")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:99999999999")]
    [InlineData("a:+1")]
    [InlineData("a: 1")]
    [InlineData("a:1 ")]
    [InlineData("a:b")]
    [InlineData("::1:2")]
    [InlineData("[::1]")]
    [InlineData("[::1]2")]
    [InlineData("[::1")]
    [InlineData("[::1/64]:2")]
    [InlineData("[]:2")]
    [InlineData("[a]:2")]
    [InlineData("u@a:1")]
    [InlineData("a/b:1")]
    [InlineData("a\tb:1")]
    [InlineData("a\u0001b:1")]
    [InlineData("a\u0085b:1")]
    [InlineData("a[b]:1")]
    public void TryParseAuthority_AnythingElse_IsFalse(string authority) => Assert.False(Destination.TryParseAuthority(authority, 0, out _, out _));

    [Theory]
    [InlineData("a", 1, "a:1")]
    [InlineData("::1", 2, "[::1]:2")]
    public void Authority_BracketsIpv6(string host, int port, string expected) => Assert.Equal(expected, new Destination(true, host, port).Authority);
}
