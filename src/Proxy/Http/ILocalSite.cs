namespace MitmWeb.Proxy.Http;

/// <summary>The site behind the magic host names and the proxy's own address: the set-up page.</summary>
public interface ILocalSite
{
    /// <summary>Answers a request; never throws for what a client sent.</summary>
    LocalResponse Answer(LocalRequest request);
}
