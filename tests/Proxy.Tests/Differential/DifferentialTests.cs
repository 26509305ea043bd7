using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>
/// Sends each exchange of the corpus directly to the server and through the proxy (in a plain tunnel, in a tunnel with TLS, and in
/// absolute-form), and compares the bytes at both ends and in the record. The only difference allowed is named in
/// docs/protocol-notes.md: absolute-form becomes origin-form.
/// </summary>
public sealed class DifferentialTests : IAsyncLifetime
{
    private readonly List<string> _seen = [];
    private RawCase _case = null!;
    private RawServer _plain = null!;
    private RawServer _tls = null!;
    private TestProxy _proxy = null!;

    public static TheoryData<string> Names => [.. Corpus.All.Select(one => one.Name)];

    public async Task InitializeAsync()
    {
        _plain = new RawServer(ServeAsync);
        _tls = new RawServer(ServeAsync, RawServer.Tls(RawServer.SelfSigned("127.0.0.1")));
        _proxy = await TestProxy.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _plain.DisposeAsync();
        await _tls.DisposeAsync();
    }

    [Fact]
    public void Corpus_HasAtLeast150DifferentExchanges() =>
        Assert.True(Corpus.All.Select(one => (one.Request, one.Response)).Distinct().Count() >= 150, $"only {Corpus.All.Count()}");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Exchange_ThroughTheProxy_IsByteForByteWhatItIsWithoutIt(string name)
    {
        _case = Corpus.All.Single(one => one.Name == name);
        var direct = await AskAsync(await DirectAsync(), _case.Request);
        Assert.Equal(_case.Response, direct);
        Assert.Equal(_case.Request, Assert.Single(_seen));

        foreach (var way in new[] { "plain tunnel", "TLS tunnel" })
        {
            using var client = way == "plain tunnel" ? await _proxy.TunnelAsync(_plain.Authority) : (await _proxy.SecureAsync(_tls.Authority, "127.0.0.1")).Peer;
            _seen.Clear();
            AssertSame(_case.Response, await AskAsync(client, _case.Request), $"response through a {way}");
            AssertSame(_case.Request, Assert.Single(_seen), $"request through a {way}");
            AssertRecorded(await _proxy.Sink.NextAsync());
        }

        var target = _case.Request.Split(' ')[1];
        if (target.StartsWith('/') && !target.StartsWith("//", StringComparison.Ordinal))
        {
            using var client = await _proxy.ConnectAsync();
            _seen.Clear();
            var absolute = ReplaceFirst(_case.Request, " " + target, $" http://{_plain.Authority}{target}");
            AssertSame(_case.Response, await AskAsync(client, absolute), "response in absolute-form");
            AssertSame(_case.Request, Assert.Single(_seen), "request in absolute-form");
            await _proxy.Sink.NextAsync();
        }
    }

    private async Task ServeAsync(RawPeer peer)
    {
        do
        {
            _seen.Add(await peer.ReadAsync(_case.Request.Length));
            await peer.SendAsync(_case.Response);
        }
        while (!_case.EndsWithConnection);
    }

    private async Task<RawPeer> DirectAsync()
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, _plain.Port);
        return new RawPeer(new System.Net.Sockets.NetworkStream(socket), socket);
    }

    private async Task<string> AskAsync(RawPeer client, string request)
    {
        await client.SendAsync(request);
        return _case.EndsWithConnection ? await client.ReadToEndAsync() : await client.ReadAsync(_case.Response.Length);
    }

    private void AssertRecorded(Flow flow)
    {
        Assert.Null(flow.Error);
        Assert.Equal(FlowState.Done, flow.State);
        var request = Encoding.Latin1.GetString(flow.Request!.Raw);
        AssertSame(_case.Request[..request.Length], request, "recorded request head");
        var response = string.Concat(flow.Interim.Append(flow.Response!).Select(head => Encoding.Latin1.GetString(head.Raw)));
        AssertSame(_case.Response[..response.Length], response, "recorded response heads");
        if (!request.Contains("hunked", StringComparison.Ordinal))
        {
            AssertSame(_case.Request[request.Length..], Encoding.Latin1.GetString(_proxy.Sink.Body(flow, MessageSide.Request)), "recorded request body");
        }

        if (!response.Contains("hunked", StringComparison.Ordinal))
        {
            AssertSame(_case.Response[response.Length..], Encoding.Latin1.GetString(_proxy.Sink.Body(flow, MessageSide.Response)), "recorded response body");
        }
    }

    private static void AssertSame(string expected, string actual, string what)
    {
        if (expected != actual)
        {
            var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.Fail($"{what} differs at byte {at}: expected '{Around(expected, at)}', got '{Around(actual, at)}'");
        }
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 20)..Math.Min(text.Length, at + 40)];

    private static string ReplaceFirst(string text, string old, string with)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + with + text[(at + old.Length)..];
    }
}
