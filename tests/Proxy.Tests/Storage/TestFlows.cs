using System.Net;
using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

/// <summary>Flows as the engine makes them, and a folder for their file.</summary>
internal sealed class TestFlows : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-store-");

    public static DateTimeOffset Start { get; } = new(2026, 11, 20, 13, 0, 0, 123, 456, TimeSpan.Zero);

    public string Path => System.IO.Path.Combine(_folder.FullName, "session.mitmweb");

    public static ClientConnection Client(IFlowSink store) => new()
    {
        Id = store.NextConnectionId(),
        OpenedAt = Start,
        RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50312),
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
    };

    public static Flow New(IFlowSink store, ClientConnection? client = null, string path = "/v1/users?page=2", string host = "api.example.com") =>
        new()
        {
            Id = store.NextFlowId(),
            StartedAt = Start,
            Client = client ?? Client(store),
            Scheme = "https",
            Host = host,
            Port = 443,
            Path = path,
            Request = RequestHead.Parse(Encoding.Latin1.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: test/1.0\r\nAccept: */*\r\n\r\n")),
        };

    public static void Respond(Flow flow, FlowState state = FlowState.Streaming)
    {
        flow.Response = ResponseHead.Parse(
            "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nServer: test\r\n\r\n"u8.ToArray());
        flow.State = state;
        flow.Timings.FirstByte = 80_100;
    }

    public static async Task Finish(IFlowSink store, Flow flow)
    {
        if (flow.Response is null)
        {
            Respond(flow);
        }

        flow.State = FlowState.Done;
        flow.Timings.End = 84_200;
        await store.Ended(flow);
    }

    public static async Task<Flow> Record(FlowStore store, string path = "/v1/users?page=2", string host = "api.example.com")
    {
        var flow = New(store, path: path, host: host);
        await store.Changed(flow, CancellationToken.None);
        await Finish(store, flow);
        return flow;
    }

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]> ReadAll(FlowStore store, long id, MessageSide side, long from = 0, int? count = null)
    {
        var body = await store.OpenBody(id, side, CancellationToken.None);
        Assert.NotNull(body);
        using var stream = body.OpenRead();
        stream.Position = from;
        var bytes = new byte[count ?? (int)(body.Length - from)];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    public static FlowPage All(FlowStore store, string filter = "", string sort = "id", long offset = 0, int limit = 100_000)
    {
        Assert.True(FlowFilter.TryParse(filter, out var parsed, out _));
        Assert.True(FlowSort.TryParse(sort, out var order));
        return store.QueryFlows(parsed, order, offset, limit);
    }

    /// <summary>The flows that the file says were removed after a change.</summary>
    public List<long> RemovedSince(long seq)
    {
        using var database = Database.OpenRead(Path);
        using var select = database.Prepare("SELECT flow_id FROM removal WHERE seq > ?1 ORDER BY seq").Bind(1, seq);
        var ids = new List<long>();
        while (select.Step())
        {
            ids.Add(select.Int64(0));
        }

        return ids;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
