using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Audit;

/// <summary>
/// Reads a session through and judges each of its hosts. Flows are read some at a time and forgotten; what is kept per host has bounds, so
/// the memory depends on the number of hosts, not on the length of the session.
/// </summary>
public sealed class SessionAuditor
{
    /// <summary>Flows read with one question.</summary>
    private const int BatchSize = 500;

    private const int MaxHosts = 20_000;
    private const int MaxPageBytes = 512 * 1024;
    private const int MaxPageText = 1024 * 1024;
    private const int MaxFormBytes = 64 * 1024;
    private const int MaxCached = 4096;

    private readonly SessionView _view;
    private readonly IReadOnlyList<HostPattern> _only;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, HostAuditor> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TlsDetails?> _connections = [];
    private readonly Dictionary<long, CertificateReading?> _certificates = [];
    private long _modified;
    private long _leftOut;

    private SessionAuditor(SessionView view, IReadOnlyList<HostPattern> only, DateTimeOffset now) => (_view, _only, _now) = (view, only, now);

    /// <summary>Audits a session.</summary>
    /// <param name="view">The session.</param>
    /// <param name="only">The hosts to look at; empty for all.</param>
    /// <param name="time">The clock, by which certificates expire.</param>
    /// <param name="cancellationToken">Stops between two batches, and SQLite within one.</param>
    /// <exception cref="IOException">The session cannot be read.</exception>
    public static AuditReport Run(SessionView view, IReadOnlyList<HostPattern> only, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(only);
        ArgumentNullException.ThrowIfNull(time);
        return new SessionAuditor(view, only, time.GetUtcNow()).Read(cancellationToken);
    }

    /// <summary>Judges one flow alone: what the host's other flows would show is not known.</summary>
    /// <param name="view">The session.</param>
    /// <param name="flow">The flow's id.</param>
    /// <param name="time">The clock, by which certificates expire.</param>
    /// <returns>What was found, the worst first; nothing when the flow is not the host's (passed through, answered or changed by MitmWeb); null
    /// when there is no such flow.</returns>
    /// <exception cref="IOException">The session cannot be read.</exception>
    public static IReadOnlyList<AuditFinding>? RunFlow(SessionView view, long flow, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(time);
        var exchanges = view.ExchangesAfter(flow - 1, 1);
        if (exchanges.Count == 0 || exchanges[0].Id != flow)
        {
            return null;
        }

        var auditor = new SessionAuditor(view, [], time.GetUtcNow());
        auditor.Take(exchanges[0]);
        return auditor._hosts.Values.FirstOrDefault()?.Finish().Findings ?? [];
    }

    private AuditReport Read(CancellationToken cancellationToken)
    {
        // Changes after this number may or may not be in the report.
        var seq = _view.Seq;
        var (last, flows) = (0L, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = _view.ExchangesAfter(last, BatchSize, cancellationToken);
            foreach (var exchange in batch)
            {
                flows += Take(exchange) ? 1 : 0;
            }

            if (batch.Count < BatchSize)
            {
                break;
            }

            last = batch[^1].Id;
        }

        var hosts = _hosts.Values.Select(host => host.Finish())
            .OrderBy(host => Grades.Rank(host.Grade))
            .ThenByDescending(host => host.Findings.Count(finding => finding.Rule.Severity > AuditSeverity.Note))
            .ThenBy(host => host.Host, StringComparer.Ordinal)
            .ToArray();
        return new AuditReport(_view.Session, seq, _now, flows, _modified, _leftOut, hosts);
    }

    private bool Take(StoredExchange exchange)
    {
        // The client's handshake and what passes unread say nothing of the host; what MitmWeb answered itself is not the host's.
        if (exchange.Kind is not (FlowKind.Http or FlowKind.WebSocket) || exchange.ServerConnectionId is null)
        {
            return false;
        }

        var name = exchange.Host.TrimEnd('.').ToLowerInvariant();
        if (_only.Count > 0 && !_only.Any(pattern => pattern.Matches(name)))
        {
            return false;
        }

        if (exchange.ModifiedBy is not null)
        {
            _modified++;
            return false;
        }

        if (!_hosts.TryGetValue(name, out var host))
        {
            if (_hosts.Count >= MaxHosts)
            {
                _leftOut++;
                return false;
            }

            host = new HostAuditor(name, _now);
            _hosts.Add(name, host);
        }

        host.Take(exchange, Tls(exchange.ClientConnectionId), Tls(exchange.ServerConnectionId.Value), Certificate(exchange), Page(exchange), HasPassword(exchange));
        return true;
    }

    /// <summary>Flows share connections, and mostly those of the flows right before them.</summary>
    private TlsDetails? Tls(long connection)
    {
        if (!_connections.TryGetValue(connection, out var tls))
        {
            if (_connections.Count >= MaxCached)
            {
                _connections.Clear();
                _certificates.Clear();
            }

            tls = _view.ConnectionTls(connection);
            _connections.Add(connection, tls);
        }

        return tls;
    }

    private CertificateReading? Certificate(StoredExchange exchange)
    {
        var connection = exchange.ServerConnectionId!.Value;
        if (!_certificates.TryGetValue(connection, out var reading))
        {
            reading = Tls(connection) is { } tls ? CertificateReading.Read(tls.Certificates, tls.CertificateError, exchange.Id) : null;
            _certificates.Add(connection, reading);
        }

        return reading;
    }

    private PageContent? Page(StoredExchange exchange)
    {
        if (exchange.ContentType is not ("text/html" or "application/xhtml+xml")
            || exchange.Response is not { Status: not (206 or (>= 300 and < 400)) } response
            || AddressOf(exchange) is not { } address)
        {
            return null;
        }

        // A page that is cut off or coded in a way that .NET does not know gives what can be read of it.
        ContentCodings.TryDecode(_view.ReadBody(exchange.Id, MessageSide.Response, MaxPageBytes), response.Headers, MaxPageText, out var html);
        return html.IsEmpty ? null : PageContent.Read(System.Text.Encoding.UTF8.GetString(html.Span), address);
    }

    /// <summary>Whether a form with a password was sent in plain text.</summary>
    private bool HasPassword(StoredExchange exchange)
    {
        if (exchange.Scheme != "http"
            || exchange.Request is not { Method: "POST" } request
            || request.Headers.Find("Content-Type"u8)?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        var body = System.Text.Encoding.ASCII.GetString(_view.ReadBody(exchange.Id, MessageSide.Request, MaxFormBytes));
        return body.Split('&').Any(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            return equals > 0 && equals < pair.Length - 1 && IsPasswordName(pair[..equals]);
        });
    }

    private static bool IsPasswordName(string name) =>
        name.Contains("passw", StringComparison.OrdinalIgnoreCase) || name.ToLowerInvariant() is "pass" or "pwd" or "pin";

    internal static Uri? AddressOf(StoredExchange exchange)
    {
        var scheme = exchange.Scheme is "https" or "wss" ? "https" : "http";
        return Uri.TryCreate(FlowUrl.Write(scheme, exchange.Host, exchange.Port, exchange.Path), UriKind.Absolute, out var address) ? address : null;
    }
}
