using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>Heads that two readers could understand in two ways.</summary>
public sealed class HeadCheckTests
{
    [Theory]
    [InlineData("A: b\r\n")]
    [InlineData("A:\r\nX(Bad): kept\r\nX-Latin: \u00e9\r\nTab:\tx\ty\r\n")]
    [InlineData("")]
    public void OfRequest_Clean_MayPass(string lines) =>
        Assert.Null(HeadCheck.OfRequest(RequestHead.Parse(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\n{lines}\r\n"))));

    [Fact]
    public void OfRequest_BareLineFeedsThroughout_MayPass() =>
        Assert.Null(HeadCheck.OfRequest(RequestHead.Parse("GET / HTTP/1.1\nHost: a\n\n"u8.ToArray())));

    [Theory]
    [InlineData("Transfer-Encoding : chunked\r\n", "white space")]
    [InlineData("Transfer-Encoding\t: chunked\r\n", "white space")]
    [InlineData(" Transfer-Encoding: chunked\r\n", "white space")]
    [InlineData("X: a\r\n Transfer-Encoding: chunked\r\n", "line fold")]
    [InlineData("Transfer-Encoding:\r\n chunked\r\n", "line fold")]
    [InlineData("X: a\r\n\tb\r\n", "line fold")]
    [InlineData("Trans\u0000fer-Encoding: chunked\r\n", "NUL")]
    [InlineData("X: a\rTransfer-Encoding: chunked\r\n", "CR")]
    [InlineData("X: a\r\r\n", "CR")]
    [InlineData("\rX: a\r\n", "CR")]
    [InlineData("X: a\nTransfer-Encoding: chunked\r\n", "bare LF")]
    [InlineData("X: a\n", "bare LF")]
    [InlineData("Content-Length\r\n", "no colon")]
    [InlineData(": a\r\n", "empty")]
    [InlineData("\u0001A: a\r\n", "control")]
    [InlineData("A\u007f: a\r\n", "control")]
    [InlineData("Content Length: 5\r\n", "white space")]
    public void OfRequest_Ambiguous_IsRefused(string lines, string reason) =>
        Assert.Contains(reason, HeadCheck.OfRequest(RequestHead.Parse(Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\n{lines}\r\n"))), StringComparison.Ordinal);

    [Fact]
    public void OfRequest_CarriageReturnInTheFirstLine_IsRefused() =>
        Assert.Contains("CR", HeadCheck.OfRequest(RequestHead.Parse("GET /\rX HTTP/1.1\r\n\r\n"u8.ToArray())), StringComparison.Ordinal);

    [Theory]
    [InlineData("A: b\r\nno colon here\r\nName With Space : x\r\nX: a\r\n  b\r\n")]
    [InlineData("A: b\nC: d\r\n")]
    [InlineData("Content-Length: 5\r\n")]
    [InlineData("X-Content-Length : 5\r\n")]
    public void OfResponse_OddButHarmless_MayPass(string lines) =>
        Assert.Null(HeadCheck.OfResponse(ResponseHead.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{lines}\r\n"))));

    [Theory]
    [InlineData("Content-Length : 5\r\n", "white space")]
    [InlineData("Content-Length\t: 5\r\n", "white space")]
    [InlineData("\u000bTransfer-Encoding: chunked\r\n", "white space")]
    [InlineData(" Transfer-Encoding: chunked\r\n", "white space")]
    [InlineData("Transfer-Encoding:\r\n chunked\r\n", "folded")]
    [InlineData("Content-Length: 5\r\n 0\r\n", "folded")]
    [InlineData("X: a\rContent-Length: 5\r\n", "CR")]
    [InlineData("X: \0\r\n", "NUL")]
    public void OfResponse_AmbiguousInItsFraming_IsRefused(string lines, string reason) =>
        Assert.Contains(reason, HeadCheck.OfResponse(ResponseHead.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{lines}\r\n"))), StringComparison.Ordinal);
}
