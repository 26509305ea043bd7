using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>
/// Sends each exchange of the corpus directly to a server and through the proxy (with TLS and without), all of it HTTP/2, and compares what
/// the two ends see, field by field, and what is recorded. The differences allowed are in docs/protocol-notes.md.
/// </summary>
public sealed class Http2DifferentialTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private Http2Case _case = null!;
    private TaskCompletionSource<string> _serverSaw = null!;
    private RawServer _plain = null!;
    private RawServer _tls = null!;
    private TestProxy _proxy = null!;

    public static TheoryData<string> Names => [.. Http2Corpus.All.Select(one => one.Name)];

    public async Task InitializeAsync()
    {
        _plain = new RawServer(ServeAsync);
        _tls = new RawServer(ServeAsync, RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));
        _proxy = await TestProxy.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _plain.DisposeAsync();
        await _tls.DisposeAsync();
    }

    [Fact]
    public void Corpus_HasAtLeast150DifferentExchanges() => Assert.True(Http2Corpus.All.Select(one => one.Name).Distinct().Count() >= 150, $"only {Http2Corpus.All.Count()}");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Exchange_ThroughTheProxy_IsFieldForFieldWhatItIsWithoutIt(string name)
    {
        var original = Http2Corpus.All.Single(one => one.Name == name);
        foreach (var way in new[] { "directly", "through TLS", "without TLS" })
        {
            var scheme = way == "through TLS" ? "https" : "http";
            _case = original with { Request = [.. original.Request.Select(step => WithScheme(step, scheme))] };
            _serverSaw = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var client = await ConnectAsync(way);

            var clientSaw = await PlayAsync(client, 1, _case.Request, awaitsRequest: false);

            AssertSame(Http2Step.Seen(_case.Response), clientSaw, $"response {way}");
            AssertSame(Http2Step.Seen(_case.Request), await _serverSaw.Task.WaitAsync(Limit), $"request {way}");
            if (way != "directly")
            {
                AssertRecorded(await _proxy.Sink.NextAsync(), scheme);
            }
        }
    }

    private static Http2Step WithScheme(Http2Step step, string scheme) => step is Http2Step.Fields fields
        ? new Http2Step.Fields(fields.IsLast, [.. fields.List.Select(field => (field.Name, field.Value.Replace("{scheme}", scheme, StringComparison.Ordinal)))])
        : step;

    private async Task<FramePeer> ConnectAsync(string way)
    {
        switch (way)
        {
            case "through TLS":
                return await FramePeer.ConnectAsync(_proxy, _tls.Authority, (Http2Setting.InitialWindowSize, 1 << 20));
            case "without TLS":
                var tunnel = await _proxy.TunnelAsync(_plain.Authority);
                var peer = new FramePeer(tunnel.Stream, isServer: false, tunnel.Socket);
                await peer.StartAsync((Http2Setting.InitialWindowSize, 1 << 20));
                return peer;
            default:
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, _plain.Port);
                var direct = new FramePeer(new NetworkStream(socket), isServer: false, socket);
                await direct.StartAsync((Http2Setting.InitialWindowSize, 1 << 20));
                return direct;
        }
    }

    private async Task ServeAsync(RawPeer peer)
    {
        var server = new FramePeer(peer.Stream, isServer: true);
        await server.StartAsync((Http2Setting.InitialWindowSize, 1 << 20));
        var seen = await PlayAsync(server, 0, _case.Response, awaitsRequest: _case.Response[0] is not Http2Step.Await);
        _serverSaw.TrySetResult(seen);
        while (await server.ReadAsync() is not null)
        {
            // Until the other end closes.
        }
    }

    /// <summary>Plays one end's steps while it takes down what the other end does.</summary>
    /// <returns>What the other end did.</returns>
    private static async Task<string> PlayAsync(FramePeer peer, int streamId, Http2Step[] steps, bool awaitsRequest)
    {
        var log = new Http2Log();
        if (awaitsRequest)
        {
            while (!log.IsOver)
            {
                await TakeAsync();
            }
        }

        foreach (var step in steps)
        {
            switch (step)
            {
                case Http2Step.Await wanted:
                    while (log.Heads == 0 || log.Bytes < wanted.Bytes)
                    {
                        await TakeAsync();
                    }

                    break;
                case Http2Step.Fields fields:
                    await HeadAsync(fields);
                    break;
                case Http2Step.Data data:
                    foreach (var (part, i) in data.Text.Chunk(16_384).DefaultIfEmpty([]).Select((part, i) => (new string(part), i)))
                    {
                        await peer.DataAsync(streamId, data.IsLast && (i + 1) * 16_384 >= data.Text.Length, part);
                    }

                    break;
                case Http2Step.Reset reset:
                    await peer.ResetAsync(streamId, reset.Code);
                    if (steps[0] is Http2Step.Fields { List: [(":method" or ":scheme" or ":path" or ":authority", _), ..] })
                    {
                        return log.ToString(); // Nothing is to come any more.
                    }

                    break;
            }
        }

        while (!log.IsOver)
        {
            await TakeAsync();
        }

        return log.ToString();

        // Long heads go on in CONTINUATION frames.
        async Task HeadAsync(Http2Step.Fields fields)
        {
            var block = FramePeer.Encode(fields.List);
            for (var at = 0; at == 0 || at < block.Length; at += 16_384)
            {
                var end = Math.Min(block.Length, at + 16_384);
                await peer.SendAsync(
                    at == 0 ? FrameType.Headers : FrameType.Continuation,
                    (end == block.Length ? FrameFlags.EndHeaders : FrameFlags.None) | (at == 0 && fields.IsLast ? FrameFlags.EndStream : FrameFlags.None),
                    streamId,
                    block[at..end]);
            }
        }

        async Task TakeAsync()
        {
            var frame = await peer.NextAsync();
            switch (frame.Type)
            {
                case FrameType.Headers:
                    streamId = frame.StreamId;
                    var block = new List<byte>(frame.Payload);
                    for (var part = frame; (part.Flags & FrameFlags.EndHeaders) == 0;)
                    {
                        part = await peer.NextAsync();
                        block.AddRange(part.Payload);
                    }

                    log.AddFields(peer.Decode([.. block]), frame.EndsStream);
                    break;
                case FrameType.Data:
                    log.AddData(frame.Text, frame.EndsStream);
                    break;
                case FrameType.ResetStream:
                    log.AddReset(frame.Code);
                    break;
            }
        }
    }

    /// <summary>
    /// Compares, with what docs/protocol-notes.md allows: an empty last frame may melt into the content before it, and more fields than
    /// their sender asked for may be marked as never to be indexed.
    /// </summary>
    private static void AssertSame(string expected, string actual, string what)
    {
        if (expected.EndsWith("[end with an empty frame]\n", StringComparison.Ordinal) && !expected.Contains("[content]\n\n", StringComparison.Ordinal))
        {
            actual = actual.Replace("[end with content]\n", "[end with an empty frame]\n", StringComparison.Ordinal);
        }

        var lines = expected.Split('\n');
        actual = string.Join('\n', actual.Split('\n').Select((line, i) => line.StartsWith('!') && i < lines.Length && lines[i] == line[1..] ? line[1..] : line));
        if (expected != actual)
        {
            var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.Fail($"{what} differs at {at}: expected '{Around(expected, at)}', got '{Around(actual, at)}'");
        }
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 30)..Math.Min(text.Length, at + 60)];

    private void AssertRecorded(Flow flow, string scheme)
    {
        var request = _case.Request.OfType<Http2Step.Fields>().ToList();
        AssertSame(RequestText(request[0], scheme), Encoding.Latin1.GetString(flow.Request!.Raw), "recorded request");
        AssertSame(ContentOf(_case.Request), Encoding.Latin1.GetString(_proxy.Sink.Body(flow, MessageSide.Request)), "recorded request content");
        AssertSame(ContentOf(_case.Response), Encoding.Latin1.GetString(_proxy.Sink.Body(flow, MessageSide.Response)), "recorded response content");
        AssertSame(Lines(request.Skip(1).SelectMany(fields => fields.List)), Lines(flow.RequestTrailers), "recorded request trailers");

        var heads = _case.Response.OfType<Http2Step.Fields>().ToList();
        var trailers = heads.FindLastIndex(fields => fields.List[0].Name != ":status");
        var expected = string.Concat(heads.Where((_, i) => i != trailers).Select(fields => $"HTTP/2 {fields.List[0].Value}\n{Lines(fields.List.Skip(1))}\n"));
        var recorded = string.Concat(flow.Interim.Append(flow.Response).OfType<ResponseHead>().Select(head => Encoding.Latin1.GetString(head.Raw))).Replace("\r\n", "\n", StringComparison.Ordinal);
        AssertSame(expected, recorded, "recorded response heads");
        AssertSame(trailers < 0 ? "" : Lines(heads[trailers].List), Lines(flow.ResponseTrailers), "recorded response trailers");
        var isReset = _case.Request.Concat(_case.Response).Any(step => step is Http2Step.Reset);
        Assert.Equal(isReset ? FlowState.Error : FlowState.Done, flow.State);
        Assert.Equal(isReset, flow.Error is not null);
    }

    private static string RequestText(Http2Step.Fields head, string scheme)
    {
        string? Find(string name) => head.List.FirstOrDefault(field => field.Name == name).Value;
        return $"{Find(":method")} {Find(":path")} HTTP/2\r\n"
            + (Find(":authority") is { } authority ? $"Host: {authority}\r\n" : "")
            + (Find(":scheme") != scheme ? $":scheme: {Find(":scheme")}\r\n" : "")
            + Lines(head.List.Where(field => field.Name[0] != ':')).Replace("\n", "\r\n", StringComparison.Ordinal)
            + "\r\n";
    }

    private static string ContentOf(IEnumerable<Http2Step> steps) => string.Concat(steps.OfType<Http2Step.Data>().Select(data => data.Text));

    private static string Lines(IEnumerable<(string Name, string Value)> fields) => string.Concat(fields.Select(field => $"{field.Name.TrimStart('!')}: {field.Value}\n"));

    private static string Lines(HeaderList? fields) => Lines((fields ?? HeaderList.Empty).Select(field => (field.Name, field.Value)));
}
