using System.Net;
using System.Text;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Http;

/// <summary>What a client gets instead of a response that could not be had: a page for browsers, plain text for everything else.</summary>
internal static class ErrorPage
{
    public static LocalResponse Create(int status, FlowError error, RequestHead? request, string url)
    {
        var isHtml = request?.Headers.Find("Accept"u8)?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true;
        var body = Encoding.UTF8.GetBytes(isHtml ? Html(status, error, url) : Text(error, url));
        return new LocalResponse(
            status,
            [
                new HeaderField("Content-Type", isHtml ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
                new HeaderField("Cache-Control", "no-store"),
                new HeaderField("X-MitmWeb-Error", StepName(error.Step)),
            ],
            body);
    }

    /// <summary>The step in words.</summary>
    public static string StepInWords(FlowStep step) => step switch
    {
        FlowStep.ClientTls => "TLS handshake with the client",
        FlowStep.Request => "reading the request",
        FlowStep.Dns => "name look-up (DNS)",
        FlowStep.Connect => "connecting to the server (TCP)",
        FlowStep.ServerTls => "TLS handshake with the server",
        FlowStep.Send => "sending the request",
        FlowStep.Response => "reading the response",
        _ => "MitmWeb itself",
    };

    private static string StepName(FlowStep step) => step.ToString();

    private static string Text(FlowError error, string url)
    {
        var text = new StringBuilder();
        text.Append("MitmWeb: ").Append(error.Message).Append('\n');
        text.Append("\nFailed step: ").Append(StepInWords(error.Step)).Append('\n');
        text.Append("Address: ").Append(url).Append('\n');
        if (error.Fix.Length > 0)
        {
            text.Append("What to do: ").Append(error.Fix).Append('\n');
        }

        if (error.Detail.Length > 0)
        {
            text.Append("Detail: ").Append(error.Detail).Append('\n');
        }

        return text.ToString();
    }

    private static string Html(int status, FlowError error, string url) =>
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{status}} – MitmWeb</title>
        <style>
        :root { color-scheme: light dark; --ink: #1d2433; --dim: #566074; --line: #d9dee8; --back: #f6f7fa; --card: #fff; --mark: #c2410c; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --dim: #a3adc0; --line: #333c4d; --back: #12161f; --card: #1a202c; --mark: #fb923c; } }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 44rem; margin: 2rem; padding: 2rem 2.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; border-top: 4px solid var(--mark); overflow-wrap: anywhere; }
        h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.35; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; margin: 1.25rem 0 0; }
        dt { color: var(--dim); } dd { margin: 0; } code { font: .92em ui-monospace, monospace; }
        p.by { margin: 1.75rem 0 0; color: var(--dim); font-size: .875rem; }
        </style>
        </head>
        <body>
        <main>
        <h1>{{Encode(error.Message)}}</h1>
        {{(error.Fix.Length > 0 ? $"<p>{Encode(error.Fix)}</p>" : "")}}
        <dl>
        <dt>Failed step</dt><dd>{{Encode(StepInWords(error.Step))}}</dd>
        <dt>Address</dt><dd><code>{{Encode(url)}}</code></dd>
        {{(error.Detail.Length > 0 ? $"<dt>Detail</dt><dd><code>{Encode(error.Detail)}</code></dd>" : "")}}
        </dl>
        <p class="by">This page comes from MitmWeb, the debugging proxy between this client and the server, not from the server.</p>
        </main>
        </body>
        </html>
        """;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
