namespace MitmWeb.Web.Cli;

/// <summary>Paths as people type them.</summary>
internal static class UserPath
{
    /// <summary>The absolute path, with <c>~</c> at its start standing for the home folder (shells leave it alone after <c>=</c>).</summary>
    public static string Expand(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal))
        {
            path = Path.Join(Home, path[1..]);
        }

        return Path.GetFullPath(path);
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
}
