namespace MitmWeb.Proxy.Audit;

/// <summary>A finding while the session is read; what it keeps does not grow with the session.</summary>
internal sealed class FindingDraft(AuditRule rule)
{
    private const int MaxKept = 10;

    private readonly List<string> _details = [];
    private readonly List<long> _flows = [];
    private long _count;

    public void Add(long? flow, string? detail)
    {
        _count++;
        if (flow is { } id && _flows.Count < MaxKept && (_flows.Count == 0 || _flows[^1] != id))
        {
            _flows.Add(id);
        }

        if (!string.IsNullOrEmpty(detail) && _details.Count < MaxKept && !_details.Contains(detail))
        {
            _details.Add(detail.Length > 300 ? string.Concat(detail.AsSpan(0, 299), "…") : detail);
        }
    }

    public AuditFinding Finish() => new(rule, _details, _flows, _count);
}
