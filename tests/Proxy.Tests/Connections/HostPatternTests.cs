using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Tests.Connections;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "example.com.", true)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("*", "::1", true)]
    [InlineData("*", "example.com", true)]
    [InlineData("[::1]", "::1", true)]
    public void Matches_Host(string pattern, string host, bool expected) => Assert.Equal(expected, HostPattern.Parse(pattern)!.Matches(host));

    [Theory]
    [InlineData("")]
    [InlineData("a*")]
    [InlineData("*.*")]
    [InlineData("a.*.b")]
    [InlineData("example.com:1")]
    [InlineData("a b")]
    public void Parse_Rubbish_IsNull(string text) => Assert.Null(HostPattern.Parse(text));
}
