using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Sql;
using MitmWeb.Proxy.Tls;
using MitmWeb.Web.Hosting;

namespace MitmWeb.Web.Cli;

/// <summary>The <c>mitmweb</c> command from its arguments to its exit code.</summary>
internal static class MitmWebCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (CommandLine.Parse(arguments, Console.Out))
        {
            case CommandLineResult.Start(var options):
                return await RunAsync(options);
            case CommandLineResult.RotateAuthority(var confDir, var keyKind):
                return await RotateAsync(confDir, keyKind);
            case CommandLineResult.Audit(var request):
                return await AuditAsync(request);
            case CommandLineResult.Sql(var statement):
                return await SqlAsync(statement);
            case CommandLineResult.Wrong(var message):
                await Console.Error.WriteLineAsync($"mitmweb: {message} (mitmweb --help shows all options)");
                return ExitCode.Usage;
            default:
                return ExitCode.Success;
        }
    }

    private static async Task<int> RunAsync(MitmWebOptions options)
    {
        using var signals = new ShutdownSignals();
        try
        {
            options = PrepareTls(options);
            await using var host = await MitmWebHost.StartAsync(options, Console.Out, Console.Error, signals.Requested);
            host.StartText.Write(Console.Out, options.Verbosity, Ink.ForOutput());
            await signals.WaitAsync();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (StartException exception)
        {
            await ReportAsync(exception.Message, options.Verbosity == Verbosity.Verbose ? exception.InnerException : null);
            return ExitCode.Failure;
        }
        catch (Exception exception) when (options.Verbosity != Verbosity.Verbose)
        {
            await ReportAsync($"it cannot go on: {exception.Message} (-v shows the details)", null);
            return ExitCode.Failure;
        }
    }

    private static async Task<int> AuditAsync(AuditOptions options)
    {
        using var signals = new ShutdownSignals();
        try
        {
            await using var output = Console.OpenStandardOutput();
            AuditCommand.Run(options, output, Ink.ForOutput(), TimeProvider.System, signals.Requested);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException exception)
        {
            await ReportAsync(exception.Message, null);
            return ExitCode.Failure;
        }
    }

    private static async Task<int> SqlAsync(SqlOptions options)
    {
        using var signals = new ShutdownSignals();
        try
        {
            SqlCommand.Run(options, Console.In, Console.OpenStandardOutput, Console.Error, signals.Requested);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (SqlException exception)
        {
            await ReportAsync(exception.Message, null);
            return ExitCode.Failure;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await ReportAsync(exception.Message, null);
            return ExitCode.Failure;
        }
    }

    /// <summary>What has to be done before anything of TLS is used in the process.</summary>
    private static MitmWebOptions PrepareTls(MitmWebOptions options)
    {
        try
        {
            OpenSslConfiguration.Apply(options.Engine.Tls);
            var passphrase = options.Engine.Tls.CertPassphrase ?? Environment.GetEnvironmentVariable("MITMWEB_CERT_PASSPHRASE");
            return options with
            {
                TlsKeyLog = KeyLog.Enable(options.TlsKeyLog),
                Engine = options.Engine with { Tls = options.Engine.Tls with { CertPassphrase = passphrase } },
            };
        }
        catch (TlsOptionsException exception)
        {
            throw StartException.From(exception);
        }
    }

    private static async Task<int> RotateAsync(string confDir, KeyKind keyKind)
    {
        try
        {
            using var authority = CertificateAuthority.Rotate(confDir, keyKind, TimeProvider.System, out var kept);
            await Console.Out.WriteLineAsync($"""
                New CA       {authority.CertificatePath}
                SHA-256      {authority.FingerprintSha256}
                {string.Concat(kept.Select(static path => $"Kept aside   {path}\n"))}
                Start MitmWeb again where it runs: until then it goes on with the old CA. Then install the new one on every client (http://mitm.it/ through
                the proxy) and remove the old one there: clients that know only the old one will refuse the connection with "unknown CA".
                """);
            return ExitCode.Success;
        }
        catch (CertificateAuthorityException exception)
        {
            await ReportAsync(StartException.From(exception).Message, null);
            return ExitCode.Failure;
        }
    }

    private static async Task ReportAsync(string message, Exception? details)
    {
        await Console.Error.WriteLineAsync($"mitmweb: {message.ReplaceLineEndings(" ")}");
        if (details is not null)
        {
            await Console.Error.WriteLineAsync(details.ToString());
        }
    }
}
