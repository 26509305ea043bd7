namespace MitmWeb.Web.Cli;

/// <summary>What <c>mitmweb</c> answers to the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It could not start, or had to stop.</summary>
    public const int Failure = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>Ended at once by a second Ctrl+C: 128 and the number of SIGINT, as shells count.</summary>
    public const int Interrupted = 130;
}
