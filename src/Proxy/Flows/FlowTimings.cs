using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Flows;

/// <summary>When each phase of an exchange happened, in microseconds after <see cref="Flow.StartedAt"/>; null where it has not (yet)
/// or where there was none (a reused connection needs no DNS, connect or TLS; a connection opened ahead may have negative ones).</summary>
public sealed class FlowTimings
{
    /// <summary>How long the request, complete in its head, waited for its turn and for others' connection attempts before anything was done
    /// for it: name look-up, connecting, or sending. Unlike the others it is a duration; it begins at the flow's start.</summary>
    public long? Blocked { get; set; }

    /// <summary>The name look-up began.</summary>
    public long? DnsStart { get; set; }

    /// <summary>The name look-up ended and the TCP connect began.</summary>
    public long? ConnectStart { get; set; }

    /// <summary>The TCP connection stood.</summary>
    public long? ConnectEnd { get; set; }

    /// <summary>The TLS handshake with the server began.</summary>
    public long? TlsStart { get; set; }

    /// <summary>The TLS handshake with the server was complete.</summary>
    public long? TlsEnd { get; set; }

    /// <summary>The first byte of the request was handed to the server's connection.</summary>
    public long? SendStart { get; set; }

    /// <summary>The last byte of the request was handed to the server's connection.</summary>
    public long? SendEnd { get; set; }

    /// <summary>The response's (final) head had arrived.</summary>
    public long? FirstByte { get; set; }

    /// <summary>The last byte of the response had been handed to the client.</summary>
    public long? End { get; set; }

    /// <summary>Something has been done for the request: it is not blocked any more. To be called when connecting is noted.</summary>
    /// <param name="now">Microseconds after the flow's start.</param>
    internal void EndBlocked(long now)
    {
        var begun = DnsStart ?? ConnectStart;
        var stood = TlsEnd ?? ConnectEnd;
        Blocked = begun is null || stood <= 0 ? now : Math.Max(begun.Value, 0);
    }

    /// <summary>Takes over when the server's connection came about.</summary>
    /// <param name="timeline">The instants; null when there are none.</param>
    /// <param name="started">The flow's start, as a <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="time">The clock.</param>
    internal void TakeConnecting(ConnectTimeline? timeline, long started, TimeProvider time)
    {
        if (timeline is null)
        {
            return;
        }

        DnsStart = Micros(timeline.DnsStart);
        ConnectStart = Micros(timeline.ConnectStart);
        ConnectEnd = Micros(timeline.ConnectEnd);
        TlsStart = Micros(timeline.TlsStart);
        TlsEnd = Micros(timeline.TlsEnd);

        long? Micros(long timestamp) => timestamp == 0 ? null : (long)time.GetElapsedTime(started, timestamp).TotalMicroseconds;
    }
}
