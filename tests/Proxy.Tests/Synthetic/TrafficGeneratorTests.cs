using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;
using MitmWeb.SyntheticTraffic;

namespace MitmWeb.Proxy.Tests.Synthetic;

public sealed class TrafficGeneratorTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Record_SameSeed_SameFlows()
    {
        var (one, other, another) = (await Rows("one", 1), await Rows("other", 1), await Rows("another", 2));
        Assert.Equal(one, other);
        Assert.NotEqual(one, another);

        async Task<List<string>> Rows(string name, int seed)
        {
            await using var store = FlowStore.Open(_files.Path + name);
            await new TrafficGenerator(seed).Record(store, 300);
            await store.Flush();
            var rows = new List<string>();
            foreach (var row in TestFlows.All(store).Rows)
            {
                var flow = store.GetFlow(row.Id)!;
                var body = Convert.ToHexString(await TestFlows.ReadAll(store, row.Id, MessageSide.Response));
                rows.Add($"{row with { Seq = 0 }} {Convert.ToHexString(flow.Request?.Raw ?? [])} {body} {Convert.ToHexString(flow.Server?.Tls?.Certificates[0] ?? [])}");
            }

            return rows;
        }
    }

    [Fact]
    public async Task Record_ManyFlows_LookLikeTraffic()
    {
        const int Flows = 5000;
        await using var store = FlowStore.Open(_files.Path);
        await new TrafficGenerator(1).Record(store, Flows);
        await store.Flush();
        var rows = TestFlows.All(store).Rows;
        Assert.Equal(Flows, rows.Count);
        Assert.InRange(rows.Average(row => row.RequestSize + row.ResponseSize), 1500, 2600);
        Assert.Equal(Enum.GetValues<FlowKind>(), rows.Select(row => row.Kind).Distinct().Order());
        Assert.InRange(rows.Select(row => row.Host).Distinct().Count(), 300, 600);
        Assert.InRange(rows.Count(row => row.State == FlowState.Error), Flows / 200, Flows / 20);
        Assert.InRange(rows.Count(row => row.Status >= 400), Flows / 40, Flows / 10);

        var lines = 0;
        foreach (var row in rows.Where(row => row.Kind == FlowKind.Http && row.Status is not null).Take(200))
        {
            var flow = store.GetFlow(row.Id)!;
            lines += flow.Request!.Headers.Count + flow.Response!.Headers.Count;
            var body = (await store.OpenBody(row.Id, MessageSide.Response, CancellationToken.None))!;
            Assert.Null((await ContentDecoding.Try(body, ContentDecoding.Codings(flow.Response.Headers), ContentDecoding.MaxTried, CancellationToken.None)).Error);
            if (flow.Server!.Tls is { } tls)
            {
                using var certificate = X509CertificateLoader.LoadCertificate(tls.Certificates[0]);
                Assert.True(certificate.MatchesHostname(row.Host));
            }
        }

        Assert.InRange(lines / 200, 25, 40);
        Assert.Equal(6, store.SeenValues(20).Values(Proxy.Filters.FilterField.Ja4, null, "").Count);
    }
}
