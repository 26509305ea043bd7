using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using Xunit.Abstractions;

namespace MitmWeb.Proxy.Tests.Storage;

/// <summary>What it costs to record a small flow. The bound is loose, because a test machine is busy; the figure is printed.</summary>
public sealed class FlowStoreCostTests(ITestOutputHelper output)
{
    [Fact]
    public async Task RecordingASmallFlow_ManyOfThem_CostsFewMicroseconds()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("MITMWEB_COST_FLOWS") ?? "20000", CultureInfo.InvariantCulture);
        using var files = new TestFlows();
        await using var store = FlowStore.Open(files.Path);
        var client = TestFlows.Client(store);
        var server = new ServerConnection
        {
            Id = store.NextConnectionId(),
            Host = "api.example.com",
            Port = 443,
            OpenedAt = TestFlows.Start,
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 443),
        };
        var body = TestFlows.Bytes(1024);
        var request = Encoding.Latin1.GetBytes(
            "GET /v1/users HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n" +
            "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\nCookie: a=b; c=d\r\n\r\n");
        var response = Encoding.Latin1.GetBytes(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1024\r\nDate: Fri, 20 Nov 2026 13:00:00 GMT\r\n" +
            "Server: nginx\r\nCache-Control: no-store\r\n\r\n");

        await Run(store, count / 10);
        await Run(new NoSink(), count / 10);
        var off = await Measure(() => Run(new NoSink(), count));
        var on = await Measure(async () =>
        {
            await Run(store, count);
            await store.Flush();
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} flows: {on.Cpu - off.Cpu:F1} us CPU per flow recorded ({on.Cpu:F1} with, {off.Cpu:F1} without the store), {on.Wall:F1} us wall"));
        Assert.InRange(on.Cpu - off.Cpu, 0, 100);

        async Task<(double Cpu, double Wall)> Measure(Func<Task> work)
        {
            var (cpu, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            await work();
            var (wall, used) = (watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
            return (used.TotalMicroseconds / count, wall.TotalMicroseconds / count);
        }

        async Task Run(IFlowSink sink, int flows)
        {
            for (var i = 0; i < flows; i++)
            {
                var flow = new Flow
                {
                    Id = sink.NextFlowId(),
                    StartedAt = TestFlows.Start,
                    Client = client,
                    Scheme = "https",
                    Host = "api.example.com",
                    Port = 443,
                    Path = "/v1/users",
                    Request = RequestHead.Parse(request),
                };
                await sink.Changed(flow, CancellationToken.None);
                flow.Server = server;
                flow.Response = ResponseHead.Parse(response);
                flow.State = FlowState.Streaming;
                await sink.Changed(flow, CancellationToken.None);
                await sink.AppendBody(flow, MessageSide.Response, body, CancellationToken.None);
                flow.ResponseBodySize = body.Length;
                flow.State = FlowState.Done;
                flow.Timings.End = 1000;
                await sink.Ended(flow);
            }
        }
    }

    private sealed class NoSink : IFlowSink
    {
        private long _id;

        public long NextFlowId() => ++_id;

        public long NextConnectionId() => ++_id;

        public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => default;

        public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => default;

        public ValueTask Ended(Flow flow) => default;
    }
}
