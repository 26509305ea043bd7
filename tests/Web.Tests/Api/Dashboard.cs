using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;
using MitmWeb.Web.Security;

namespace MitmWeb.Web.Tests.Api;

/// <summary>The API on a real server on port 0, over a real session file.</summary>
internal sealed class Dashboard : IAsyncDisposable
{
    public const string Token = "the-right-token";

    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;

    private readonly OpenSessions _sessions;

    private Dashboard(WebApplication app, DirectoryInfo folder, LiveStore live, OpenSessions sessions, FakeState state)
    {
        (_app, _folder, Live, _sessions, State) = (app, folder, live, sessions, state);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Anonymous = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Address { get; }

    public LiveStore Live { get; }

    /// <summary>The session that is recorded now.</summary>
    public FlowStore Store => Live.Current;

    /// <summary>The folder of the configuration.</summary>
    public string Folder => _folder.FullName;

    public FakeState State { get; }

    /// <summary>Sends the token.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends no token.</summary>
    public HttpClient Anonymous { get; }

    public static async Task<Dashboard> Start(Action<MitmWebSecurityOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("mitmweb-web-");
        var live = LiveStore.Open(Path.Combine(folder.FullName, "session.mitmweb"), new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(2) });
        var sessionFolder = new SessionFolder(folder.FullName, "session.mitmweb");
        var sessions = new OpenSessions(live, sessionFolder, TimeProvider.System);
        var passThrough = new PassThroughList(new ProxyOptions());
        var state = new FakeState(live, sessionFolder, passThrough);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddSingleton(live);
        builder.Services.AddSingleton(sessionFolder);
        builder.Services.AddSingleton(sessions);
        builder.Services.AddSingleton(passThrough);
        builder.Services.AddSingleton<IStateSource>(state);
        builder.Services.AddMitmWebApi();
        builder.Services.AddMitmWebSecurity(Token, options =>
        {
            options.WrongTokenDelay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.UseMitmWebSecurity();
        app.MapGet("/setup", () => "set up");
        app.MapGet("/setup/{**rest}", (string rest) => rest);
        app.MapGet("/", () => "the page");
        app.MapGet("/flows", () => "the page");
        app.MapMitmWebApi();
        await app.StartAsync();
        return new Dashboard(app, folder, live, sessions, state);
    }

    public async Task<Flow> Record(string path = "/v1/users?page=2", string host = "api.example.com", byte[]? body = null, string headers = "Content-Type: application/json; charset=utf-8\r\n", bool end = true, TlsDetails? client = null, TlsDetails? server = null)
    {
        var flow = new Flow
        {
            Id = Store.NextFlowId(),
            StartedAt = new DateTimeOffset(2026, 11, 20, 13, 0, 0, 123, 456, TimeSpan.Zero),
            Client = new ClientConnection
            {
                Id = Store.NextConnectionId(),
                OpenedAt = DateTimeOffset.UnixEpoch,
                RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50312),
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
                TlsDuration = client is null ? null : 3250,
                Tls = client,
            },
            Server = server is null ? null : new ServerConnection
            {
                Id = Store.NextConnectionId(),
                Host = host,
                Port = 443,
                OpenedAt = DateTimeOffset.UnixEpoch,
                Tls = server,
            },
            Scheme = "https",
            Host = host,
            Port = 443,
            Path = path,
            Request = RequestHead.Parse(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")),
            Response = ResponseHead.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{headers}\r\n")),
            State = FlowState.Streaming,
        };
        flow.Timings.FirstByte = 80_100;
        flow.Timings.Blocked = 1_500;
        (flow.RequestHeadWireSize, flow.RequestBodyWireSize, flow.ResponseHeadWireSize, flow.ResponseBodyWireSize) = (61, 0, 72, null);
        await Store.Changed(flow, CancellationToken.None);
        if (body is not null)
        {
            await Store.AppendBody(flow, MessageSide.Response, body, CancellationToken.None);
            flow.ResponseBodySize = body.Length;
        }

        if (end)
        {
            flow.State = FlowState.Done;
            flow.Timings.End = 84_200;
            await Store.Ended(flow);
        }

        await Store.Flush();
        return flow;
    }

    public async Task<JsonElement> Json(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public static byte[] Encode(Func<Stream, Stream> encoder, byte[] bytes)
    {
        var memory = new MemoryStream();
        using (var stream = encoder(memory))
        {
            stream.Write(bytes);
        }

        return memory.ToArray();
    }

    public static byte[] Gzip(byte[] bytes) => Encode(to => new GZipStream(to, CompressionLevel.Fastest), bytes);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _sessions.DisposeAsync();
        await Live.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal sealed class FakeState(LiveStore live, SessionFolder folder, PassThroughList passThrough) : IStateSource
    {
        public event Action? Changed;

        public StateDto Current => new(
            "0.1.0",
            DateTimeOffset.UnixEpoch,
            [new ListenerDto("regular", "", 8080, ["127.0.0.1:8080"], null, 2)],
            2,
            new LastClientDto("10.0.0.7", DateTimeOffset.UnixEpoch),
            new CaDto("CN=mitmweb", "AB:CD", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ECDSA P-256", "/ca.pem"),
            SessionDto.From(live.Current, folder),
            new WebDto("http://127.0.0.1:8081/"),
            new PassThroughDto([], [], null, [.. passThrough.Entries.Select(PassedHostDto.From)]),
            [new RejectionDto(3, "10.0.0.7", "api.example.com", "It does not trust the CA.", true, DateTimeOffset.UnixEpoch)],
            "mitm.it",
            [],
            RetentionDto.From(live.Current),
            new BodyIndexDto(live.Current.BodyIndex.IsOn, 1, 0, null),
            RecordingDto.From(live));

        public void Raise() => Changed?.Invoke();
    }
}
