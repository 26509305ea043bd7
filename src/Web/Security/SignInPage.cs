namespace MitmWeb.Web.Security;

/// <summary>What people read who may not pass.</summary>
internal static class SignInPage
{
    public const string Unauthorized =
        """
        <h1>MitmWeb needs its token</h1>
        <p>The dashboard shows everything that passes through the proxy, so only those who have the token may open it.</p>
        <p>When it started, <code>mitmweb</code> printed the dashboard's address: it ends with <code>?token=…</code>.
        Open that address; this browser then stays signed in until MitmWeb is started anew. Or enter the token, or the password that
        was set with <code>--web-password</code>:</p>
        <form method="get"><input name="token" type="password" autocomplete="current-password" aria-label="Token or password" placeholder="Token or password" autofocus required>
        <button>Open</button></form>
        <p class="by">To set up a device for the proxy no token is needed: see <a href="/setup">the set-up page</a>.</p>
        """;

    public const string WrongToken =
        "<p role=\"alert\"><strong>That token is not the right one.</strong> MitmWeb makes a new one at each start.</p>";
}
