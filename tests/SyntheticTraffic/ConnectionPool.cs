using System.Net;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.SyntheticTraffic;

/// <summary>Connections of clients and to servers, each used for some exchanges.</summary>
internal sealed class ConnectionPool(Dice dice)
{
    private const int Clients = 40;
    private const double EndOfClient = 0.06;
    private const double EndOfServer = 0.08;

    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("192.168.1.2"), 8080);

    private readonly Dictionary<(Site Site, int Client), ClientConnection> _clients = [];
    private readonly Dictionary<Site, ServerConnection> _servers = [];
    private readonly Dictionary<Site, byte[]> _certificates = [];
    private readonly byte[][] _hellos = [.. Enumerable.Range(0, 6).Select(kind => HelloMessage.Make(dice, kind))];

    /// <summary>A connection of some client for a site.</summary>
    public ClientConnection Client(IFlowSink sink, Site site, DateTimeOffset now)
    {
        var number = dice.Skewed(Clients);
        if (_clients.TryGetValue((site, number), out var open) && !dice.Chance(EndOfClient))
        {
            return open;
        }

        var isTls = site.Scheme == "https";
        return _clients[(site, number)] = new ClientConnection
        {
            Id = sink.NextConnectionId(),
            OpenedAt = now,
            RemoteEndPoint = new IPEndPoint(new IPAddress([192, 168, 1, (byte)(10 + number)]), dice.Between(32768, 61000)),
            LocalEndPoint = Proxy,
            TlsDuration = isTls ? dice.Between(800, 20_000) : null,
            Tls = isTls ? Tls(site) with { ClientHello = _hellos[number % _hellos.Length] } : null,
        };
    }

    /// <summary>Whether the next connection to the server will be a new one.</summary>
    public bool IsServerFresh(Site site) => !_servers.ContainsKey(site);

    /// <summary>A connection to the site's server.</summary>
    public ServerConnection Server(IFlowSink sink, Site site, DateTimeOffset now)
    {
        if (!_servers.TryGetValue(site, out var open))
        {
            if (!_certificates.TryGetValue(site, out var certificate))
            {
                _certificates[site] = certificate = ServerCertificate.Make(dice, site.Host);
            }

            open = _servers[site] = new ServerConnection
            {
                Id = sink.NextConnectionId(),
                Host = site.Host,
                Port = site.Port,
                OpenedAt = now,
                RemoteEndPoint = new IPEndPoint(site.Address, site.Port),
                LocalEndPoint = new IPEndPoint(Proxy.Address, dice.Between(32768, 61000)),
                Addresses = [site.Address],
                DnsDuration = dice.Between(300, 20_000),
                ConnectDuration = dice.Between(2000, 60_000),
                TlsDuration = site.Scheme == "https" ? dice.Between(3000, 60_000) : null,
                Tls = site.Scheme == "https" ? Tls(site) with { Certificates = [certificate] } : null,
            };
        }

        if (dice.Chance(EndOfServer))
        {
            _servers.Remove(site);
        }

        return open;
    }

    private TlsDetails Tls(Site site) => new()
    {
        Version = site.Latency % 10 == 0 ? "TLS 1.2" : "TLS 1.3",
        CipherSuite = site.Latency % 10 == 0 ? "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" : dice.Chance(0.7) ? "TLS_AES_256_GCM_SHA384" : "TLS_AES_128_GCM_SHA256",
        Alpn = site.Version == "HTTP/2" ? "h2" : "http/1.1",
        AlpnOffered = ["h2", "http/1.1"],
        Sni = site.Host,
        KeyExchangeGroup = "x25519",
    };
}
