using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>First lines of requests and responses, and heads made from parts.</summary>
public sealed class HeadTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1", "GET", "/", "HTTP/1.1")]
    [InlineData("get /a?b#c HTTP/1.0", "get", "/a?b#c", "HTTP/1.0")]
    [InlineData("OPTIONS * HTTP/1.1", "OPTIONS", "*", "HTTP/1.1")]
    [InlineData("CONNECT a:1 HTTP/1.1", "CONNECT", "a:1", "HTTP/1.1")]
    [InlineData("GET http://a/ HTTP/1.1", "GET", "http://a/", "HTTP/1.1")]
    [InlineData("GET /with space HTTP/1.1", "GET", "/with space", "HTTP/1.1")]
    [InlineData("GET  / HTTP/1.1", "GET", " /", "HTTP/1.1")]
    [InlineData("GET /\u00e9 HTTP/1.1", "GET", "/\u00e9", "HTTP/1.1")]
    [InlineData("GET /", "GET", "/", "")]
    [InlineData("GET", "GET", "", "")]
    [InlineData("", "", "", "")]
    [InlineData(" / HTTP/1.1", "", "/", "HTTP/1.1")]
    public void Request_FirstLine_IsTakenApart(string line, string method, string target, string version)
    {
        var raw = Encoding.Latin1.GetBytes($"{line}\r\nA: b\r\n\r\n");

        var head = RequestHead.Parse(raw);

        Assert.Equal((method, target, version), (head.Method, head.Target, head.Version));
        Assert.Equal(new HeaderField("A", "b"), Assert.Single(head.Headers));
        Assert.Same(raw, head.Raw);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "HTTP/1.1", 200, "OK")]
    [InlineData("HTTP/1.0 404 Not  Found ", "HTTP/1.0", 404, "Not  Found ")]
    [InlineData("HTTP/1.1 200", "HTTP/1.1", 200, "")]
    [InlineData("HTTP/1.1 200 ", "HTTP/1.1", 200, "")]
    [InlineData("HTTP/1.1 999 x", "HTTP/1.1", 999, "x")]
    [InlineData("HTTP/1.1 200 \u00e9", "HTTP/1.1", 200, "\u00e9")]
    [InlineData("HTTP/1.1 099 x", "HTTP/1.1", 0, "x")]
    [InlineData("HTTP/1.1 20 x", "HTTP/1.1", 0, "x")]
    [InlineData("HTTP/1.1 2000 x", "HTTP/1.1", 0, "x")]
    [InlineData("HTTP/1.1 -20 x", "HTTP/1.1", 0, "x")]
    [InlineData("HTTP/1.1 2e2 x", "HTTP/1.1", 0, "x")]
    [InlineData("HTTP/1.1", "HTTP/1.1", 0, "")]
    [InlineData("", "", 0, "")]
    public void Response_FirstLine_IsTakenApart(string line, string version, int status, string reason)
    {
        var head = ResponseHead.Parse(Encoding.Latin1.GetBytes($"{line}\r\nA: b\r\n\r\n"));

        Assert.Equal((version, status, reason), (head.Version, head.Status, head.Reason));
        Assert.Equal(new HeaderField("A", "b"), Assert.Single(head.Headers));
    }

    [Fact]
    public void Request_CreatedFromParts_HasThemAgain()
    {
        HeaderField[] fields = [new("Host", "a"), new("X", ""), new("x", "caf\u00e9")];

        var head = RequestHead.Create("M-SEARCH", "/a?\u00ff", "HTTP/1.1", fields);

        Assert.Equal("M-SEARCH /a?\u00ff HTTP/1.1\r\nHost: a\r\nX: \r\nx: caf\u00e9\r\n\r\n", Encoding.Latin1.GetString(head.Raw));
        Assert.Equal(("M-SEARCH", "/a?\u00ff", "HTTP/1.1"), (head.Method, head.Target, head.Version));
        Assert.Equal(fields, head.Headers);
    }

    [Theory]
    [InlineData("HTTP/1.1", "", "HTTP/1.1 299 \r\n")]
    [InlineData("HTTP/1.1", "Fine", "HTTP/1.1 299 Fine\r\n")]
    [InlineData("HTTP/2", "", "HTTP/2 299\r\n")]
    public void Response_CreatedFromParts_HasThemAgain(string version, string reason, string line)
    {
        HeaderField[] fields = [new("A", "1"), new("A", "2")];

        var head = ResponseHead.Create(version, 299, reason, fields);

        Assert.Equal($"{line}A: 1\r\nA: 2\r\n\r\n", Encoding.Latin1.GetString(head.Raw));
        Assert.Equal((version, 299, reason), (head.Version, head.Status, head.Reason));
        Assert.Equal(fields, head.Headers);
    }

    [Theory]
    [InlineData("GET\r\n", "/", "HTTP/1.1")]
    [InlineData("GET", "/ HTTP/1.1\r\nX: y\r\n\r\nGET /b", "HTTP/1.1")]
    [InlineData("GET", "/\n", "HTTP/1.1")]
    [InlineData("GET", "/", "HTTP/1.1\0")]
    public void Request_WithALineEndInItsFirstLine_Throws(string method, string target, string version) =>
        Assert.Throws<ArgumentException>(() => RequestHead.Create(method, target, version, []));

    [Fact]
    public void Response_WithALineEndInItsReason_Throws() =>
        Assert.Throws<ArgumentException>(() => ResponseHead.Create("HTTP/1.1", 200, "OK\r\nX: y", []));
}
