using System.Globalization;
using MitmWeb.Proxy.Flows;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Hosting;

/// <summary>Prints a line for each exchange that has ended (<c>-v</c>) and hands everything on to the store.</summary>
internal sealed class RequestLog(IFlowSink store, TextWriter output, Ink ink) : IFlowSink
{
    public IFlowSink ForNewFlow() => new RequestLog(store.ForNewFlow(), output, ink);

    public long NextFlowId() => store.NextFlowId();

    public long NextConnectionId() => store.NextConnectionId();

    public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => store.Changed(flow, cancellationToken);

    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        store.AppendBody(flow, side, data, cancellationToken);

    public ValueTask Ended(Flow flow)
    {
        var line = Describe(flow);
        lock (output)
        {
            output.WriteLine(line);
        }

        return store.Ended(flow);
    }

    private string Describe(Flow flow)
    {
        var time = flow.StartedAt.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var port = flow.Scheme is "https" or "wss" && flow.Port == 443 || flow.Scheme is "http" or "ws" && flow.Port == 80 ? "" : $":{flow.Port}";
        var host = flow.Host.Contains(':', StringComparison.Ordinal) ? $"[{flow.Host}]" : flow.Host;
        var method = flow.Request is { } request ? request.Method : flow.Kind.ToString().ToUpperInvariant();
        var start = $"{ink.Dim(time)} {Printable($"{method} {flow.Scheme}://{host}{port}{flow.Path}")}";
        if (flow.Error is { } error)
        {
            return $"{start} {ink.Red(Printable(error.Message))}";
        }

        var status = flow.Response is { } response ? Paint(response.Status) + " " : "";
        var took = flow.Timings.End is { } end ? string.Create(CultureInfo.InvariantCulture, $" {end / 1000.0:0.#} ms") : "";
        return $"{start} {status}{Size(flow.ResponseBodySize)}{took}";
    }

    private string Paint(int status)
    {
        var text = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            >= 500 => ink.Red(text),
            >= 400 => ink.Yellow(text),
            _ => ink.Green(text),
        };
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
    };

    /// <summary>A URL comes from outside: it must not steer the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c));
}
