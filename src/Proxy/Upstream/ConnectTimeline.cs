namespace MitmWeb.Proxy.Upstream;

/// <summary>The instants at which a server connection came about, as <see cref="TimeProvider.GetTimestamp"/> values; 0 where a step was not taken.</summary>
internal sealed class ConnectTimeline
{
    public long DnsStart { get; set; }

    public long ConnectStart { get; set; }

    public long ConnectEnd { get; set; }

    public long TlsStart { get; set; }

    public long TlsEnd { get; set; }
}
