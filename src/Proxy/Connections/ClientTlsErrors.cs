using System.Net;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>Puts into words why a client did not complete its TLS handshake with MitmWeb.</summary>
internal static class ClientTlsErrors
{
    private const string InstallFix =
        "Install MitmWeb's CA certificate on this client: open http://mitm.it/ there through the proxy. Apps that pin certificates or bring their own trust store need more than that; their hosts can be passed through unread.";

    /// <summary>Describes a failed handshake.</summary>
    /// <param name="exception">What the platform said.</param>
    /// <param name="host">The host that the client asked for.</param>
    /// <param name="client">The client.</param>
    /// <param name="trustsAuthority">Whether it has accepted a certificate of the CA for another host before.</param>
    /// <param name="allowed">The versions of HTTP that it may speak.</param>
    public static FlowError Describe(Exception exception, string host, IPAddress client, bool trustsAuthority, HttpVersions allowed)
    {
        var detail = ExceptionDetail.Of(exception);
        if (exception is OperationCanceledException)
        {
            return new FlowError(FlowStep.ClientTls, $"{client} began a TLS handshake for {host} but did not complete it in time.", detail);
        }

        if (allowed != HttpVersions.Both && (Has("application protocol") || Has("alpn")))
        {
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} speaks nothing but {(allowed == HttpVersions.Http1 ? "HTTP/2" : "HTTP/1.1")} (for {host}), and MitmWeb was told not to.",
                detail,
                $"MitmWeb was started with {(allowed == HttpVersions.Http1 ? "--no-http2 or --client-protocols http1" : "--client-protocols http2")}: leave that option out, or let the client speak the other version.");
        }

        if (Has("unknown ca") || Has("unknown_ca") || Has("UnknownCA"))
        {
            return new FlowError(FlowStep.ClientTls, $"{client} does not trust MitmWeb's CA, which issued the certificate for {host} (unknown_ca).", detail, InstallFix);
        }

        var isRejection = Has("certificate unknown") || Has("bad certificate") || Has("certificate revoked") || Has("certificate expired") || Has("unsupported certificate");
        if (isRejection && !trustsAuthority)
        {
            return new FlowError(FlowStep.ClientTls, $"{client} rejected MitmWeb's certificate for {host} (bad certificate).", detail, InstallFix);
        }

        if (Has("unsupported protocol") || Has("no shared cipher") || Has("protocol version") || Has("insufficient security"))
        {
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} and MitmWeb have no TLS version or cipher suite in common (for {host}).",
                detail,
                "The client is probably very old: --tls-version-client-min TLS1 lets it in. (--tls-version-client-max and --ciphers-client, where set, may be too narrow for it.) Its connections to this host can also be passed through unread.");
        }

        if (trustsAuthority)
        {
            var how = isRejection ? "rejected MitmWeb's certificate" : "closed the connection during the TLS handshake without saying why";
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} {how} for {host}, although it accepted others: the app there probably pins its certificate, or has a trust store of its own.",
                detail,
                $"Pass {host} through unread, or use a build of the app that does not pin certificates.");
        }

        return new FlowError(
            FlowStep.ClientTls,
            $"{client} closed the connection during the TLS handshake for {host} without saying why.",
            detail,
            "Most often that means that it does not trust MitmWeb's certificate. " + InstallFix);

        bool Has(string text) => detail.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
