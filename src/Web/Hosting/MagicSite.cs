using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Web.Hosting;

/// <summary>The set-up site as the engine serves it: under the magic host's name, and to those who open the proxy's own address.</summary>
internal sealed class MagicSite(CertificateAuthority authority) : ILocalSite
{
    /// <summary>The proxy's addresses as <c>ip:port</c>, once it listens.</summary>
    public Func<IReadOnlyList<string>> Addresses { get; set; } = () => [];

    public LocalResponse Answer(LocalRequest request) => new(200, [], System.Text.Encoding.ASCII.GetBytes(authority.Pem));
}
