using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Web.Cli;

/// <summary>What came of reading the command line: one of the three kinds inside.</summary>
internal abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    /// <summary>MitmWeb is to start.</summary>
    public sealed record Start(MitmWebOptions Options) : CommandLineResult;

    /// <summary>The CA of that folder is to be replaced.</summary>
    public sealed record RotateAuthority(string ConfDir, KeyKind KeyKind) : CommandLineResult;

    /// <summary>A session is to be audited.</summary>
    public sealed record Audit(AuditOptions Options) : CommandLineResult;

    /// <summary>A session is to be asked in SQL.</summary>
    public sealed record Sql(SqlOptions Options) : CommandLineResult;

    /// <summary>Help or the version was asked for and has been printed.</summary>
    public sealed record Finished : CommandLineResult;

    /// <summary>The command line is wrong; <paramref name="Message"/> says how, in one line.</summary>
    public sealed record Wrong(string Message) : CommandLineResult;
}
