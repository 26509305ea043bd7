using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>RFC 9112, section 6.3, case by case.</summary>
public sealed class BodyFramingTests
{
    [Theory]
    [InlineData("", "None")]
    [InlineData("Content-Length: 0", "None")]
    [InlineData("Content-Length: 5", "Length 5")]
    [InlineData("content-length:\t005 ", "Length 5")]
    [InlineData("Content-Length: 9223372036854775807", "Length 9223372036854775807")]
    [InlineData("Content-Length: 5\r\ncontent-length: 5", "Length 5")]
    [InlineData("Content-Length: 5, 5", "Length 5")]
    [InlineData("Transfer-Encoding: chunked", "Chunked 0")]
    [InlineData("transfer-encoding: CHUNKED", "Chunked 0")]
    [InlineData("Transfer-Encoding: gzip, chunked", "Chunked 0")]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "Chunked 0")]
    public void OfRequest_Clear_IsFramed(string lines, string expected) => Assert.Equal(expected, Describe(Request(lines)));

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", "two different")]
    [InlineData("Content-Length: 5, 6", "two different")]
    [InlineData("Content-Length: 0\r\nContent-Length: 6", "two different")]
    [InlineData("Content-Length: +5", "not a number")]
    [InlineData("Content-Length: -5", "not a number")]
    [InlineData("Content-Length: 0x5", "not a number")]
    [InlineData("Content-Length: 5 5", "not a number")]
    [InlineData("Content-Length: 5.0", "not a number")]
    [InlineData("Content-Length: 5,", "not a number")]
    [InlineData("Content-Length:", "not a number")]
    [InlineData("Content-Length: \u00b2", "not a number")]
    [InlineData("Content-Length: 9223372036854775808", "not a number")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", "both")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0", "both")]
    [InlineData("Transfer-Encoding: gzip", "does not end with 'chunked'")]
    [InlineData("Transfer-Encoding: identity", "does not end with 'chunked'")]
    [InlineData("Transfer-Encoding:", "does not end with 'chunked'")]
    [InlineData("Transfer-Encoding: chunked, gzip", "chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "chunked")]
    [InlineData("Transfer-Encoding: chunked, chunked", "chunked")]
    [InlineData("Transfer-Encoding: xchunked", "chunked")]
    [InlineData("Transfer-Encoding: chunked;q=1", "chunked")]
    [InlineData("Transfer-Encoding: \"chunked\"", "chunked")]
    [InlineData("Transfer-Encoding: chunked,", "chunked")]
    [InlineData("Transfer-Encoding: \u000bchunked", "chunked")]
    public void OfRequest_Ambiguous_IsRefused(string lines, string reason) => Assert.Contains(reason, Request(lines).Refusal, StringComparison.Ordinal);

    [Fact]
    public void OfRequest_TransferEncodingInHttp10_IsRefused() =>
        Assert.Contains("HTTP/1.0", BodyFraming.OfRequest(RequestHead.Parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray())).Refusal, StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", 200, "", "UntilClose 0")]
    [InlineData("GET", 200, "Content-Length: 0", "None")]
    [InlineData("GET", 200, "Content-Length: 5", "Length 5")]
    [InlineData("GET", 200, "Transfer-Encoding: chunked", "Chunked 0")]
    [InlineData("GET", 200, "Transfer-Encoding: gzip", "UntilClose 0")]
    [InlineData("GET", 200, "Transfer-Encoding: identity", "UntilClose 0")]
    [InlineData("GET", 500, "Content-Length: 5", "Length 5")]
    [InlineData("HEAD", 200, "Content-Length: 5", "None")]
    [InlineData("HEAD", 200, "Transfer-Encoding: chunked", "None")]
    [InlineData("GET", 204, "Content-Length: 5", "None")]
    [InlineData("GET", 204, "Transfer-Encoding: chunked", "None")]
    [InlineData("GET", 304, "Content-Length: 5", "None")]
    [InlineData("GET", 101, "", "None")]
    [InlineData("CONNECT", 200, "Content-Length: 5", "None")]
    [InlineData("CONNECT", 299, "", "None")]
    [InlineData("CONNECT", 407, "Content-Length: 5", "Length 5")]
    public void OfResponse_Clear_IsFramed(string method, int status, string lines, string expected) => Assert.Equal(expected, Describe(Response(method, status, lines)));

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", "both")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", "two different")]
    [InlineData("Content-Length: five", "not a number")]
    [InlineData("Transfer-Encoding: chunked, gzip", "chunked")]
    [InlineData("Transfer-Encoding: chunked,", "chunked")]
    [InlineData("Transfer-Encoding: xchunked", "chunked")]
    public void OfResponse_Ambiguous_IsRefused(string lines, string reason) => Assert.Contains(reason, Response("GET", 200, lines).Refusal, StringComparison.Ordinal);

    private static BodyFraming Request(string lines) =>
        BodyFraming.OfRequest(RequestHead.Parse(Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\n{lines}{(lines.Length > 0 ? "\r\n" : "")}\r\n")));

    private static BodyFraming Response(string method, int status, string lines) =>
        BodyFraming.OfResponse(ResponseHead.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 {status} x\r\n{lines}{(lines.Length > 0 ? "\r\n" : "")}\r\n")), method);

    private static string Describe(BodyFraming framing) => framing.Refusal ?? (framing.Kind == BodyKind.None ? "None" : $"{framing.Kind} {framing.Length}");
}
