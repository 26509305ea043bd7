namespace MitmWeb.Proxy.Audit;

/// <summary>Counts how often each version and suite was agreed on.</summary>
internal sealed class TlsUses
{
    /// <summary>More than there are suites in use; a broken file must not fill the memory.</summary>
    private const int MaxKept = 100;

    private readonly Dictionary<(string Version, string Suite), (long Flows, long First)> _uses = [];

    public bool Any => _uses.Count > 0;

    public bool HasVersion(string version) => _uses.Keys.Any(key => key.Version == version);

    public void Add(string version, string suite, long flow)
    {
        if (_uses.TryGetValue((version, suite), out var known))
        {
            _uses[(version, suite)] = (known.Flows + 1, known.First);
        }
        else if (_uses.Count < MaxKept)
        {
            _uses.Add((version, suite), (1, flow));
        }
    }

    /// <summary>The most used first.</summary>
    public IReadOnlyList<TlsUse> Finish() => _uses
        .OrderByDescending(use => use.Value.Flows).ThenBy(use => use.Value.First)
        .Select(use => new TlsUse(use.Key.Version, use.Key.Suite, CipherStrength.HasForwardSecrecy(use.Key.Suite), use.Value.Flows, use.Value.First))
        .ToArray();
}
