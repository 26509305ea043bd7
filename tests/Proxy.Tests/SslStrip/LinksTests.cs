using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Proxy.Tests.SslStrip;

public sealed class LinksTests
{
    private static readonly Links Links = new([.. new[] { "example.com", "*.example.org", "app.test:8443" }.Select(text => SslStripTarget.Parse(text)!)]);

    [Theory]
    [InlineData("<a href=\"https://example.com/x\">", "<a href=\"http://example.com/x\">")]
    [InlineData("HTTPS://Example.COM:443/", "HTTP://Example.COM/")]
    [InlineData("{\"u\":\"https:\\/\\/example.com\\/x\"}", "{\"u\":\"http:\\/\\/example.com\\/x\"}")]
    [InlineData("?next=https%3A%2F%2Fexample.com%2F", "?next=http%3A%2F%2Fexample.com%2F")]
    [InlineData("new WebSocket('wss://a.example.org/live')", "new WebSocket('ws://a.example.org/live')")]
    [InlineData("https://app.test:8443/", "http://app.test:8443/")]
    [InlineData("https://app.test/", "https://app.test/")]
    [InlineData("https://example.com:8443/", "https://example.com:8443/")]
    [InlineData("https://example.com.evil.net/", "https://example.com.evil.net/")]
    [InlineData("https://example.org/", "https://example.org/")]
    [InlineData("https://notexample.com/ https://example.net/", "https://notexample.com/ https://example.net/")]
    [InlineData("//example.com/ http://example.com/", "//example.com/ http://example.com/")]
    public void Strip_ChangesTheHostsMeantAlone(string text, string expected) => Assert.Equal(expected, Links.Strip(text));

    [Theory]
    [InlineData("http://example.com/page?q=1", "https://example.com/page?q=1")]
    [InlineData("http://example.com:80", "https://example.com")]
    [InlineData("http://app.test:8443/", "https://app.test:8443/")]
    [InlineData("http://example.net/", "http://example.net/")]
    [InlineData("https://example.com/", "https://example.com/")]
    public void Restore_IsTheWayBack(string text, string expected) => Assert.Equal(expected, Links.Restore(text));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.*.com")]
    [InlineData("a b")]
    [InlineData("https://example.com")]
    [InlineData("example.com:80")]
    [InlineData("example.com:99999")]
    public void Target_NotAHost_IsRefused(string text) => Assert.Null(SslStripTarget.Parse(text));

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("Example.com:443", "example.com")]
    [InlineData("*.example.com:8443", "*.example.com:8443")]
    [InlineData("[::1]:8443", "::1:8443")]
    public void Target_Text_IsWhatWasMeant(string text, string expected) => Assert.Equal(expected, SslStripTarget.Parse(text)!.ToString());
}
