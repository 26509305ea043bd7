namespace MitmWeb.Web.Cli;

/// <summary>How much is printed.</summary>
public enum Verbosity
{
    /// <summary>Where to go, warnings and errors.</summary>
    Normal,

    /// <summary>The dashboard's address (without it nobody could open it) and errors.</summary>
    Quiet,

    /// <summary>A line for each exchange as well, and what goes wrong with its details.</summary>
    Verbose,
}
