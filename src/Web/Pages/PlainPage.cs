using System.Text.Encodings.Web;

namespace MitmWeb.Web.Pages;

/// <summary>A page that stands in for the dashboard. It needs nothing but itself, and looks like the proxy's error pages.</summary>
internal static class PlainPage
{
    /// <param name="title">What stands in the browser's tab, plain text.</param>
    /// <param name="body">What the page says, HTML.</param>
    public static string Write(string title, string body) =>
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{HtmlEncoder.Default.Encode(title)}}</title>
        <style>
        :root { color-scheme: light dark; --ink: #1d2433; --dim: #566074; --line: #d9dee8; --strong: #8a94a8; --back: #f6f7fa; --card: #fff; --inset: #eef1f5; --mark: #0b6e64; --on: #fff; --alert: #b42318; --alert-back: #fdecea; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --dim: #a3adc0; --line: #333c4d; --strong: #6b7690; --back: #12161f; --card: #1a202c; --inset: #262d3b; --mark: #43c6b6; --on: #06211d; --alert: #ff9d92; --alert-back: #3d1a1a; } }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 44rem; margin: 2rem; padding: 2rem 2.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; border-top: 4px solid var(--mark); overflow-wrap: anywhere; }
        h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.35; }
        p { margin: 0 0 1rem; } main > :last-child { margin-bottom: 0; } a { color: var(--mark); }
        code { padding: .1em .35em; border-radius: 4px; background: var(--inset); font: .92em ui-monospace, monospace; }
        form { display: flex; gap: .6rem; margin: 0 0 1.25rem; }
        input, button { height: 2.5rem; padding: 0 .8rem; border: 1px solid var(--strong); border-radius: 8px; font: inherit; }
        input { flex: 1; min-width: 0; background: var(--card); color: var(--ink); }
        button { border-color: var(--mark); background: var(--mark); color: var(--on); font-weight: 600; cursor: pointer; }
        :focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
        [role=alert] { padding: .6rem .9rem; border-radius: 8px; background: var(--alert-back); color: var(--alert); }
        p.by { margin-top: 1.75rem; color: var(--dim); font-size: .875rem; }
        </style>
        </head>
        <body>
        <main>
        {{body}}
        </main>
        </body>
        </html>
        """;
}
