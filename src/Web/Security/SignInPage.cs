namespace MitmWeb.Web.Security;

/// <summary>The pages for people who may not pass. They need nothing but themselves.</summary>
internal static class SignInPage
{
    public const string Unauthorized =
        """
        <h1>This is MitmWeb, and it needs its token</h1>
        <p>The dashboard shows everything that passes through the proxy, so only those who have the token may open it.</p>
        <p>When it started, <code>mitmweb</code> printed a line with the dashboard's address: it ends with <code>?token=…</code>.
        Open that address; this browser then stays signed in until MitmWeb is started anew.</p>
        <p>If MitmWeb was started with <code>--web-password</code>, enter that password:</p>
        <form method="get"><input name="token" type="password" autocomplete="current-password" aria-label="Token or password" autofocus>
        <button>Open</button></form>
        <p>To set up a device for the proxy no token is needed: see <a href="/setup">the set-up page</a>.</p>
        """;

    public const string WrongToken =
        "<p role=\"alert\"><strong>That token is not the right one.</strong> MitmWeb makes a new one at each start.</p>";

    public static string Write(string title, string body) =>
        $$"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>{{title}}</title>
        <style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:10vh auto;padding:0 1rem}
        code{background:#8882;padding:.1em .3em;border-radius:.2em}input,button{font:inherit;padding:.4em .6em}</style></head>
        <body>{{body}}</body></html>
        """;
}
