using System.Net;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.PassThrough;

namespace MitmWeb.Proxy.Tests.PassThrough;

public sealed class PassThroughListTests
{
    private static readonly IPAddress Client = IPAddress.Parse("10.0.0.7");

    [Theory]
    [InlineData("example\\.com:443", "www.EXAMPLE.com", null, true)]
    [InlineData("example\\.com:443", "www.example.com", null, true)]
    [InlineData("^example\\.com:443$", "www.example.com", null, false)]
    [InlineData("pinned", "203.0.113.5", "api.pinned.test", true)]
    [InlineData("^203\\.0\\.113\\.", "203.0.113.5", null, true)]
    [InlineData("^(?!keep\\.test:)", "other.test", null, true)]
    [InlineData("^(?!keep\\.test:)", "keep.test", null, false)]
    [InlineData("^127\\.0\\.0\\.1:", "localhost", null, true)]
    public async Task Reason_IgnoredHosts_AreFoundInHostNameAndAddress(string pattern, string host, string? serverName, bool passes)
    {
        var list = new PassThroughList(new ProxyOptions { IgnoreHosts = [pattern] });
        Assert.Equal(passes, await ReasonAsync(list, host, serverName) is not null);
    }

    [Fact]
    public async Task Reason_AllowedHosts_PassAllOthers_OnceNothingMoreCanBeKnown()
    {
        var list = new PassThroughList(new ProxyOptions { AllowHosts = ["^keep\\.test:443$"] });
        Assert.Null(await ReasonAsync(list, "203.0.113.5", null, isLast: false));
        Assert.NotNull(await ReasonAsync(list, "203.0.113.5", null));
        Assert.Null(await ReasonAsync(list, "203.0.113.5", "keep.test"));
    }

    [Fact]
    public async Task Reason_CatastrophicPattern_DoesNotHoldUp()
    {
        var list = new PassThroughList(new ProxyOptions { IgnoreHosts = ["^(?=(a+)+$)"] });
        var answer = ReasonAsync(list, new string('a', 60) + "!.test", null);
        Assert.Null(await answer.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Add_HostForOneClient_IsForNobodyElse_UntilItIsRemoved()
    {
        var list = new PassThroughList(new ProxyOptions());
        var changes = 0;
        list.Changed += () => changes++;
        list.Add("api.test", Client);
        list.Add("API.test", Client);
        Assert.NotNull(await ReasonAsync(list, "Api.Test", null));
        Assert.NotNull(await ReasonAsync(list, "203.0.113.5", "api.test"));
        Assert.Null(await ReasonAsync(list, "www.api.test", null));
        Assert.Null(await list.ReasonAsync(new Destination(true, "api.test", 443), null, IPAddress.Loopback, true, default));
        Assert.False(list.Remove("api.test"));
        Assert.True(list.Remove("api.test", Client));
        Assert.Null(await ReasonAsync(list, "api.test", null));
        Assert.Equal(2, changes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("https://example.com")]
    [InlineData("example.com:443")]
    [InlineData("example.com/path")]
    public void Add_NoHost_IsRefused(string host) =>
        Assert.Throws<ArgumentException>(() => new PassThroughList(new ProxyOptions()).Add(host));

    [Fact]
    public async Task Rejected_AsOftenAsAsked_PassesThatHostForThatClient()
    {
        var list = new PassThroughList(new ProxyOptions { PassThroughAfter = 3 });
        list.Rejected(Client, "api.test");
        list.Rejected(Client, "API.test");
        list.Rejected(Client, "other.test");
        Assert.Empty(list.Entries);
        list.Rejected(Client, "api.test");
        var entry = Assert.Single(list.Entries);
        Assert.Equal(("api.test", Client, 3), (entry.Host, entry.Client, entry.Rejections));
        Assert.Contains("3 times", await ReasonAsync(list, "api.test", null), StringComparison.Ordinal);

        // Undone, the count begins anew.
        Assert.True(list.Remove("api.test", Client));
        list.Rejected(Client, "api.test");
        Assert.Empty(list.Entries);
    }

    [Fact]
    public void Accepted_Meanwhile_CountsAnew()
    {
        var list = new PassThroughList(new ProxyOptions { PassThroughAfter = 2 });
        list.Rejected(Client, "api.test");
        Assert.False(list.Trusts(Client));
        list.Accepted(Client, "api.test");
        list.Rejected(Client, "api.test");
        Assert.Empty(list.Entries);
        Assert.True(list.Trusts(Client));
    }

    [Fact]
    public void CheckPattern_NoRegularExpression_SaysWhy()
    {
        Assert.Null(PassThroughList.CheckPattern("a|b"));
        Assert.NotNull(PassThroughList.CheckPattern("(a"));
        Assert.NotNull(PassThroughList.CheckPattern(""));
    }

    private static Task<string?> ReasonAsync(PassThroughList list, string host, string? serverName, bool isLast = true) =>
        list.ReasonAsync(new Destination(false, host, 443), serverName, Client, isLast, default).AsTask();
}
