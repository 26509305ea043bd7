using System.Globalization;

namespace MitmWeb.Web.Cli;

/// <summary>What is printed once MitmWeb listens: where to go next.</summary>
internal sealed record StartText
{
    /// <summary>The dashboard's address with the token in it.</summary>
    public required string DashboardUrl { get; init; }

    /// <summary>The proxy's address as programs on this machine use it.</summary>
    public required string ProxyUrl { get; init; }

    /// <summary>The proxy's addresses as other devices use it, without scheme; empty when it listens for this machine only.</summary>
    public IReadOnlyList<string> ProxyAddresses { get; init; } = [];

    /// <summary>The CA certificate's file.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The set-up page's name through the proxy.</summary>
    public required string MagicHost { get; init; }

    public required string SessionPath { get; init; }

    /// <summary>How many flows the session holds from earlier.</summary>
    public long SessionFlows { get; init; }

    /// <summary>Whether flows are recorded from now on.</summary>
    public bool IsRecording { get; init; } = true;

    public bool SslInsecure { get; init; }

    /// <summary>The file that TLS secrets are written to, or null.</summary>
    public string? TlsKeyLog { get; init; }

    /// <summary>The hosts of the SSL-strip test; empty when it is off.</summary>
    public IReadOnlyList<string> SslStrip { get; init; } = [];

    public void Write(TextWriter output, Verbosity verbosity, Ink ink)
    {
        if (verbosity == Verbosity.Quiet)
        {
            output.WriteLine(DashboardUrl);
            return;
        }

        output.WriteLine(ink.Bold($"MitmWeb {ProductVersion.Text}"));
        output.WriteLine();
        Line("Dashboard", ink.Link(DashboardUrl));
        Line("Proxy", ProxyUrl + ink.Dim(Others()));
        Line("Try it", $"curl -x {ProxyUrl} --cacert {ShellQuote(CertificatePath)} https://example.com/");
        Line("Devices", $"set the proxy there, then open http://{MagicHost}/ for the certificate");
        Line("Session", SessionPath + ink.Dim(Kept()));
        if (!IsRecording)
        {
            Line("Note", ink.Yellow("nothing is recorded until you press Record in the dashboard (--no-record)"));
        }

        if (SslInsecure)
        {
            Line("Note", ink.Yellow("the certificates of servers are not verified (-k)"));
        }

        if (TlsKeyLog is { } keyLog)
        {
            Line("Note", ink.Yellow($"TLS secrets are written to {keyLog}: who has it can read the traffic"));
        }

        if (SslStrip.Count > 0)
        {
            Line("Test", ink.Yellow($"SSL stripping is on for {string.Join(", ", SslStrip)}: clients that come over http are kept there (--ssl-strip)"));
        }

        output.WriteLine();
        output.WriteLine(ink.Dim("Ctrl+C ends it; what was captured stays in the session."));
        output.Flush();

        void Line(string name, string text) => output.WriteLine($"  {name,-10} {text}");
    }

    /// <summary>The path as a POSIX shell reads it back.</summary>
    internal static string ShellQuote(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+:@%,=".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string Others() => ProxyAddresses.Count == 0 ? "" : $"  (from other devices: {string.Join(", ", ProxyAddresses)})";

    private string Kept() => SessionFlows == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  ({SessionFlows} {(SessionFlows == 1 ? "flow" : "flows")} from before)");
}
