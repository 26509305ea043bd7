using System.Text;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Tests.Connections;

public sealed class ProtocolSnifferTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "Http1")]
    [InlineData("GET / HTTP/1.0\n", "Http1")]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\n", "Http1")]
    [InlineData("m-search * HTTP/1.1\r\n", "Http1")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\n", "Http1")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Http2")]
    [InlineData("\u0016\u0003\u0001", "Tls")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "Unknown")]
    [InlineData("HELO example.test\r\n", "Unknown")]
    [InlineData("GET /\r\n", "Unknown")]
    [InlineData("GET HTTP/1.1\r\n", "Unknown")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "Unknown")]
    [InlineData("\u0016\u0002", "Unknown")]
    [InlineData(" GET", "Unknown")]
    [InlineData("\u0000", "Unknown")]
    [InlineData("*1\r\n$4\r\nPING\r\n", "Unknown")]
    public void Detect_WholeStart_IsTold(string start, string expected) => Assert.Equal(expected, Detect(start).ToString());

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\r\nPOST http://a/ HTTP/1.1\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("PRIVATE / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003")]
    [InlineData("SSH-2.0-x\r\n")]
    public void Detect_EveryPrefix_IsNotTooSure(string start)
    {
        var final = Detect(start);
        for (var length = 0; length < start.Length; length++)
        {
            var early = Detect(start[..length]);
            Assert.True(early == Protocol.NeedMore || early == final, $"'{start[..length]}' is taken for {early}, but '{start}' for {final}.");
        }

        Assert.NotEqual(Protocol.NeedMore, final);
    }

    [Fact]
    public void Detect_LineThatNeverEnds_IsGivenUp() => Assert.Equal(Protocol.Unknown, Detect(new string('a', 65 * 1024)));

    private static Protocol Detect(string text) => ProtocolSniffer.Detect(Encoding.Latin1.GetBytes(text));
}
