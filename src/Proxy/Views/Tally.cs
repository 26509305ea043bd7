namespace MitmWeb.Proxy.Views;

/// <summary>How many flows there are of each name. The number of names is bounded: flows of those that came too late are counted together.</summary>
public sealed class Tally
{
    /// <summary>The most names that are told apart.</summary>
    public const int MaxNames = 5000;

    private readonly Dictionary<string, TallyEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The change of the session up to which it counts.</summary>
    public long Seq { get; set; }

    /// <summary>Rises with each change, so that it can be told what has changed since.</summary>
    public long Version { get; private set; }

    /// <summary>All flows, also those whose names are not told apart.</summary>
    public long Flows { get; private set; }

    /// <summary>The names and their counts.</summary>
    public IReadOnlyDictionary<string, TallyEntry> Entries => _entries;

    /// <summary>Counts a flow in or, with -1, out.</summary>
    /// <param name="name">What it is counted by.</param>
    /// <param name="change">1 or -1.</param>
    /// <param name="isError">Whether it failed.</param>
    /// <param name="hasMore">Whether there is more below that name.</param>
    public void Add(string name, int change, bool isError, bool hasMore = false)
    {
        Flows += change;
        Version++;
        if (!_entries.TryGetValue(name, out var entry))
        {
            if (_entries.Count >= MaxNames || change < 0)
            {
                return;
            }

            entry = default;
        }

        entry = new TallyEntry(entry.Flows + change, entry.Errors + (isError ? change : 0), entry.HasMore || hasMore, Version);
        if (entry.Flows > 0)
        {
            _entries[name] = entry;
        }
        else
        {
            _entries.Remove(name);
        }
    }

    /// <summary>The names with the most flows.</summary>
    public Dictionary<string, TallyEntry> Greatest(int count) => (_entries.Count <= count
        ? _entries
        : _entries.OrderByDescending(entry => entry.Value.Flows).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(count)).ToDictionary();
}
