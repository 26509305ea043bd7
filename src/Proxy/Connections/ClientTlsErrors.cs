using System.Net;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>Puts into words why a client did not complete its TLS handshake with MitmWeb.</summary>
internal static class ClientTlsErrors
{
    private const string InstallFix = "Install MitmWeb's CA certificate on this client: open http://mitm.it/ there through the proxy. Apps that pin certificates or bring their own trust store need more than that.";

    public static FlowError Describe(Exception exception, string host, IPAddress client)
    {
        var detail = ExceptionDetail.Of(exception);
        if (exception is OperationCanceledException)
        {
            return new FlowError(FlowStep.ClientTls, $"{client} began a TLS handshake for {host} but did not complete it in time.", detail);
        }

        if (Has("unknown ca") || Has("certificate unknown") || Has("bad certificate") || Has("unknown_ca") || Has("UnknownCA"))
        {
            return new FlowError(FlowStep.ClientTls, $"{client} does not trust MitmWeb's certificate for {host}.", detail, InstallFix);
        }

        if (Has("unsupported protocol") || Has("no shared cipher") || Has("protocol version"))
        {
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} and MitmWeb have no TLS version or cipher suite in common (for {host}).",
                detail,
                "The client is probably very old: --tls-version-client-min TLS1 lets it in. Otherwise --tls-version-client-… or --ciphers-client may be too narrow for it.");
        }

        return new FlowError(
            FlowStep.ClientTls,
            $"{client} closed the connection during the TLS handshake for {host} without saying why.",
            detail,
            "Most often that means that it does not trust MitmWeb's certificate. " + InstallFix);

        bool Has(string text) => detail.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
