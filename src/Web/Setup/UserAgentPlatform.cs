namespace MitmWeb.Web.Setup;

/// <summary>Guesses what somebody sits at, from their <c>User-Agent</c>. A wrong guess only changes the order of the page.</summary>
internal static class UserAgentPlatform
{
    /// <summary>The platforms to show first, the best guess first; empty when nothing is recognised.</summary>
    public static IReadOnlyList<SetupPlatform> Detect(string userAgent)
    {
        var found = new List<SetupPlatform>();

        // The order matters: Android says Linux as well, and iPhones say Mac OS X.
        if (Has("Android"))
        {
            found.Add(SetupPlatform.Android);
        }
        else if (Has("iPhone") || Has("iPad") || Has("iPod"))
        {
            found.Add(SetupPlatform.IOS);
        }
        else if (Has("Windows"))
        {
            found.Add(SetupPlatform.Windows);
        }
        else if (Has("Macintosh") || Has("Mac OS X"))
        {
            found.Add(SetupPlatform.MacOS);
        }
        else if (Has("Linux") || Has("X11") || Has("CrOS"))
        {
            found.Add(SetupPlatform.Linux);
        }

        // Firefox on iOS uses the system's trust store and does not call itself Firefox.
        if (Has("Firefox/"))
        {
            found.Add(SetupPlatform.Firefox);
        }

        return found;

        bool Has(string text) => userAgent.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
