using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Tests.Cli;

public sealed class StartTextTests
{
    private static readonly StartText Text = new()
    {
        DashboardUrl = "http://127.0.0.1:8081/?token=abc",
        ProxyUrl = "http://127.0.0.1:8080",
        ProxyAddresses = ["10.0.0.5:8080"],
        CertificatePath = "/home/me/it's here/mitmweb-ca-cert.pem",
        MagicHost = "mitm.it",
        SessionPath = "/home/me/session.mitmweb",
        SessionFlows = 3,
    };

    [Fact]
    public void Write_SaysWhereToGo()
    {
        var lines = Write(Verbosity.Normal, new Ink(enabled: false));

        Assert.Equal($"""
            MitmWeb {ProductVersion.Text}

              Dashboard  http://127.0.0.1:8081/?token=abc
              Proxy      http://127.0.0.1:8080  (from other devices: 10.0.0.5:8080)
              Try it     curl -x http://127.0.0.1:8080 --cacert '/home/me/it'\''s here/mitmweb-ca-cert.pem' https://example.com/
              Devices    set the proxy there, then open http://mitm.it/ for the certificate
              Session    /home/me/session.mitmweb  (3 flows from before)

            Ctrl+C ends it; what was captured stays in the session.

            """, lines);
    }

    [Fact]
    public void Write_NothingIsRecorded_SaysSoAndHowToBegin()
    {
        var output = new StringWriter();
        (Text with { IsRecording = false }).Write(output, Verbosity.Normal, new Ink(enabled: false));

        Assert.Contains("nothing is recorded until you press Record in the dashboard (--no-record)", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SslStripIsOn_SaysSo()
    {
        var output = new StringWriter();
        (Text with { SslStrip = ["example.com", "*.example.org"] }).Write(output, Verbosity.Normal, new Ink(enabled: false));

        Assert.Contains("SSL stripping is on for example.com, *.example.org", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SSL stripping", Write(Verbosity.Normal, new Ink(enabled: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Quiet_IsTheAddressAlone() =>
        Assert.Equal("http://127.0.0.1:8081/?token=abc" + Environment.NewLine, Write(Verbosity.Quiet, new Ink(enabled: true)));

    [Fact]
    public void Write_OnATerminal_HasColour() =>
        Assert.Contains("\e[1;36mhttp://127.0.0.1:8081/?token=abc\e[0m", Write(Verbosity.Normal, new Ink(enabled: true)), StringComparison.Ordinal);

    private static string Write(Verbosity verbosity, Ink ink)
    {
        using var output = new StringWriter();
        Text.Write(output, verbosity, ink);
        return output.ToString();
    }
}
