namespace MitmWeb.Web.Setup;

/// <summary>What somebody sets up: a system, a browser with its own trust store, or a run-time.</summary>
internal enum SetupPlatform
{
    Windows,
    MacOS,
    Linux,
    IOS,
    Android,
    Firefox,
    CommandLine,
    Node,
    Python,
    Java,
    Docker,
}
