using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Http;
using MitmWeb.Web.Setup;

namespace MitmWeb.Web.Hosting;

/// <summary>The set-up site as the engine serves it: under the magic host's name, and to those who open the proxy's own address.</summary>
internal sealed class MagicSite(CertificateAuthority authority) : ILocalSite
{
    private readonly SetupSite _site = new(authority);

    /// <summary>The proxy's addresses as <c>ip:port</c>, once it listens.</summary>
    public Func<IReadOnlyList<string>> Addresses { get; set; } = () => [];

    public LocalResponse Answer(LocalRequest request)
    {
        var cut = request.Path.IndexOf('?', StringComparison.Ordinal);
        var addresses = Addresses();
        var response = _site.Respond(new SetupRequest
        {
            Via = request.IsThroughProxy ? SetupVia.Proxy : SetupVia.ProxyDirect,
            Method = request.Method,
            Path = Uri.UnescapeDataString(cut < 0 ? request.Path : request.Path[..cut]),
            Query = cut < 0 ? "" : request.Path[cut..],
            Host = request.Host,
            IsHttps = request.IsTls,
            ProxyAddresses = addresses,
            ProxyPort = addresses.Select(ProxyAddress.Parse).FirstOrDefault(address => address is not null)?.Port ?? Cli.MitmWebOptions.DefaultListenPort,
            ClientAddress = request.ClientAddress,
            UserAgent = request.UserAgent,
        });
        return new LocalResponse(
            response.Status,
            [new HeaderField("Content-Type", response.ContentType), .. response.Headers.Select(header => new HeaderField(header.Key, header.Value))],
            response.Body);
    }
}
