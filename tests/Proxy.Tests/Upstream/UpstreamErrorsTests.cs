using System.Security.Authentication;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Tests.Upstream;

public sealed class UpstreamErrorsTests
{
    private static readonly Destination Server = new(IsTls: true, "a.test", 443);

    [Theory]

    // Before TLS 1.3 there is no alert for a missing certificate: what a server says only means it if it had asked for one.
    [InlineData("sslv3 alert handshake failure", true, false, "wants a client certificate")]
    [InlineData("sslv3 alert handshake failure", true, true, "refused the TLS handshake")]
    [InlineData("sslv3 alert handshake failure", false, false, "refused the TLS handshake")]
    [InlineData("sslv3 alert bad certificate", false, false, "wants a client certificate")]
    [InlineData("sslv3 alert bad certificate", true, true, "does not accept the client certificate")]
    [InlineData("tlsv1 alert access denied", false, false, "refuses this client")]
    [InlineData("tlsv13 alert certificate required", false, false, "wants a client certificate")]
    public void Tls_Alerts_AreSaidAsTheyAreMeant(string reason, bool wantsCertificate, bool showsCertificate, string expected)
    {
        var error = UpstreamErrors.Tls(Server, new AuthenticationException(reason), wantsCertificate, showsCertificate);

        Assert.Equal(FlowStep.ServerTls, error.Step);
        Assert.StartsWith($"a.test:443 {expected}", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Fix);
    }

    [Fact]
    public void Tls_ClosedAfterItAskedForACertificate_SaysThatItWantsOne()
    {
        var error = UpstreamErrors.Tls(Server, new IOException("Received an unexpected EOF."), wantsCertificate: true, showsCertificate: false);

        Assert.Contains("wants a client certificate", error.Message, StringComparison.Ordinal);
    }
}
