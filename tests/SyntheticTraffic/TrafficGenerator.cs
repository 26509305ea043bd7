using System.Net;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.SyntheticTraffic;

/// <summary>
/// Traffic as some tens of people with browsers, phones and scripts make it: few hosts that are asked often and many that are asked seldom, some
/// thirty header lines and several cookies for each exchange, bodies of 2 KiB on average of which the texts are mostly compressed, errors,
/// WebSockets and tunnels. The same seed gives the same flows.
/// </summary>
public sealed class TrafficGenerator
{
    private static readonly DateTimeOffset Start = new(2026, 11, 14, 8, 0, 0, TimeSpan.Zero);

    private readonly Dice _dice;
    private readonly SiteList _sites;
    private readonly HeadWriter _heads;
    private readonly BodyPool _bodies;
    private readonly ConnectionPool _connections;
    private DateTimeOffset _now = Start;

    /// <param name="seed">What decides everything that looks random.</param>
    public TrafficGenerator(int seed)
    {
        _dice = new Dice(seed);
        _sites = new SiteList(_dice);
        _heads = new HeadWriter(_dice);
        _bodies = new BodyPool(_dice);
        _connections = new ConnectionPool(_dice);
    }

    /// <summary>Records flows one after the other, each from its beginning to its end.</summary>
    /// <param name="sink">Where they are recorded.</param>
    /// <param name="flows">How many.</param>
    /// <param name="progress">Is told now and then how many there are.</param>
    /// <param name="cancellationToken">Stops between two flows.</param>
    public async Task Record(IFlowSink sink, int flows, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        for (var i = 0; i < flows; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Record(sink).ConfigureAwait(false);
            if (i % 10_000 == 9999)
            {
                progress?.Invoke(i + 1);
            }
        }
    }

    /// <summary>Records one flow.</summary>
    public async ValueTask Record(IFlowSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);

        // People come in bursts: a page asks for many things at once, then somebody reads.
        _now = _now.AddMicroseconds(_dice.Chance(0.03) ? _dice.Between(500_000, 30_000_000) : _dice.Between(200, 60_000));
        var site = _sites.Next();
        var client = _connections.Client(sink, site, _now);
        var special = _dice.Next(1000);
        var flow = new Flow
        {
            Id = sink.NextFlowId(),
            StartedAt = _now,
            Client = client,
            Kind = special switch { < 3 => FlowKind.WebSocket, < 5 => FlowKind.Tcp, < 8 => FlowKind.Tls, < 11 => FlowKind.PassedThrough, _ => FlowKind.Http },
            Scheme = site.Scheme,
            Host = site.Host,
            Port = site.Port,
        };
        switch (flow.Kind)
        {
            case FlowKind.Tls:
                flow.State = FlowState.Error;
                flow.Error = new FlowError(
                    FlowStep.ClientTls, $"The client does not trust the certificate for {site.Host}.", "alert 46 (certificate_unknown)", "Install the CA certificate on the device.");
                break;
            case FlowKind.Tcp or FlowKind.PassedThrough:
                flow.Scheme = "tcp";
                flow.Server = _connections.Server(sink, site, _now);
                flow.PassThroughReason = flow.Kind == FlowKind.PassedThrough ? "the rule *.pinned.example" : null;
                flow.State = FlowState.Done;
                await Send(sink, flow, MessageSide.Request, _bodies.Binary(_dice.Between(50, 4000))).ConfigureAwait(false);
                await Send(sink, flow, MessageSide.Response, _bodies.Binary(_dice.Between(50, 9000))).ConfigureAwait(false);
                break;
            default:
                await Exchange(sink, flow, site).ConfigureAwait(false);
                break;
        }

        flow.Timings.End ??= _dice.Between(300, 900_000);
        await sink.Ended(flow).ConfigureAwait(false);
    }

    private async ValueTask Exchange(IFlowSink sink, Flow flow, Site site)
    {
        var resource = site.Next(_dice);
        if (flow.Kind == FlowKind.WebSocket)
        {
            flow.Scheme = site.Scheme == "https" ? "wss" : "ws";
            resource = new Resource("GET", "/socket?channel=" + _dice.Hex(8), ContentKind.None);
        }

        flow.Path = resource.Path;
        var version = site.Version;
        var upload = resource.Method is "POST" or "PUT" or "PATCH" ? _bodies.Upload() : default;
        flow.Request = RequestHead.Parse(_heads.Request(site, resource, version, upload, flow.Client));
        flow.RequestHeadWireSize = flow.Request.Raw.Length;
        await Send(sink, flow, MessageSide.Request, upload.Bytes).ConfigureAwait(false);
        var timings = flow.Timings;
        timings.Blocked = _dice.Between(20, 400);
        if (_dice.Chance(0.012))
        {
            Fail(flow, site);
            return;
        }

        var fresh = _connections.IsServerFresh(site);
        flow.Server = _connections.Server(sink, site, _now);
        flow.ServerReused = !fresh;
        var at = timings.Blocked.Value;
        if (fresh)
        {
            timings.DnsStart = at;
            timings.ConnectStart = at += _dice.Between(300, 20_000);
            timings.ConnectEnd = at += _dice.Between(2000, 60_000);
            if (site.Scheme == "https")
            {
                timings.TlsStart = at;
                timings.TlsEnd = at += _dice.Between(3000, 60_000);
            }
        }

        timings.SendStart = at;
        timings.SendEnd = at += _dice.Between(30, 500);
        timings.FirstByte = at += site.Latency + (_dice.Chance(0.02) ? _dice.Between(200_000, 4_000_000) : _dice.Between(100, 60_000));
        var status = flow.Kind == FlowKind.WebSocket ? 101 : Status(resource);
        var body = BodyOf(status, resource);
        flow.Response = ResponseHead.Parse(_heads.Response(site, resource, version, status, body, _now));
        flow.ResponseHeadWireSize = flow.Response.Raw.Length;
        await Send(sink, flow, MessageSide.Response, body.Bytes).ConfigureAwait(false);
        timings.End = at + _dice.Between(20, 3000) + (body.Bytes.Length / 8);
        flow.State = FlowState.Done;
    }

    private GeneratedBody BodyOf(int status, Resource resource)
    {
        if (status is 101 or 204 or 304 || resource.Method is "HEAD" or "OPTIONS")
        {
            return default;
        }

        return status >= 300 ? _bodies.Error() : _bodies.Of(resource.Content);
    }

    private int Status(Resource resource)
    {
        if (resource.Method == "OPTIONS")
        {
            return 204;
        }

        return _dice.Next(1000) switch
        {
            < 820 => resource.Method == "POST" && _dice.Chance(0.3) ? 201 : 200,
            < 850 => 204,
            < 900 => 304,
            < 915 => 302,
            < 925 => 301,
            < 935 => 206,
            < 943 => 400,
            < 951 => 401,
            < 957 => 403,
            < 978 => 404,
            < 982 => 429,
            < 990 => 500,
            < 994 => 502,
            < 998 => 503,
            _ => 418,
        };
    }

    private void Fail(Flow flow, Site site)
    {
        flow.State = FlowState.Error;
        flow.Error = _dice.Next(4) switch
        {
            0 => new FlowError(FlowStep.Dns, $"The name {site.Host} is not known.", "NXDOMAIN", "Check the name."),
            1 => new FlowError(FlowStep.Connect, $"{site.Host} refused the connection.", "ECONNREFUSED", "Check that the server runs."),
            2 => new FlowError(FlowStep.ServerTls, $"The certificate of {site.Host} has expired.", "CERT_HAS_EXPIRED", "Trust it for this host, or ask its owner."),
            _ => new FlowError(FlowStep.Response, $"{site.Host} closed the connection before its answer was complete.", "EOF", "Try again."),
        };
    }

    private static async ValueTask Send(IFlowSink sink, Flow flow, MessageSide side, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        await sink.AppendBody(flow, side, bytes, CancellationToken.None).ConfigureAwait(false);
        if (side == MessageSide.Request)
        {
            flow.RequestBodySize = bytes.Length;
            flow.RequestBodyWireSize = bytes.Length;
        }
        else
        {
            flow.ResponseBodySize = bytes.Length;
            flow.ResponseBodyWireSize = bytes.Length;
        }
    }
}
