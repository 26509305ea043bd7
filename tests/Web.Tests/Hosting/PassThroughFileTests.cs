using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MitmWeb.Proxy;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Web.Hosting;

namespace MitmWeb.Web.Tests.Hosting;

public sealed class PassThroughFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-pass-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void List_AfterARestart_IsWhatItWas()
    {
        var list = Attached();
        list.Add("one.test");
        list.Add("two.test", IPAddress.Parse("10.0.0.7"));
        list.Add("three.test");
        list.Remove("three.test");

        Assert.Equal(["one.test for all", "two.test for 10.0.0.7"], Attached().Entries.Select(entry => $"{entry.Host} for {entry.Client?.ToString() ?? "all"}"));
    }

    [Fact]
    public void List_FileIsDamaged_BeginsEmptyAndLeavesTheFile()
    {
        var path = Path.Combine(_folder.FullName, "pass-through.json");
        File.WriteAllText(path, "[{\"name\":");
        Assert.Empty(Attached().Entries);
        Assert.Equal("[{\"name\":", File.ReadAllText(path));
    }

    private PassThroughList Attached()
    {
        var list = new PassThroughList(new ProxyOptions());
        PassThroughFile.Attach(_folder.FullName, list, NullLogger.Instance);
        return list;
    }
}
