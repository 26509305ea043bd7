using MitmWeb.Proxy.Views;

namespace MitmWeb.Web.Hubs;

/// <summary>What one tab shows of the outline, and what it has been told of it.</summary>
internal sealed class OutlineTab
{
    private const int MaxEntries = 100;
    private const int MaxPaths = 100;

    private readonly Dictionary<(string List, string Path), (Tally Tally, long Version, HashSet<string> Names)> _told = [];

    /// <summary>The hosts and paths that are open, as the tab wrote them.</summary>
    public IReadOnlyList<string> Paths { get; private set; } = [];

    /// <summary>Takes what the tab shows now; what it has closed it does not hold any more.</summary>
    public void Show(IReadOnlyList<string> paths)
    {
        Paths = [.. paths.Where(path => path is not null).Distinct().Take(MaxPaths)];
        foreach (var key in _told.Keys.Where(key => key.List == "paths" && !Paths.Contains(key.Path)).ToArray())
        {
            _told.Remove(key);
        }
    }

    /// <summary>The host and the path of what a tab wrote.</summary>
    public static (string Host, string Path) Split(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..slash], path[slash..]);
    }

    /// <summary>What the tab does not know yet; null when it knows everything.</summary>
    public OutlineDto? Changes(SessionOutline outline, CancellationToken cancellationToken)
    {
        var lists = new List<OutlineListDto>();
        Tell("hosts", "", outline.Hosts);
        Tell("clients", "", outline.Clients);
        Tell("types", "", outline.Types);
        foreach (var path in Paths)
        {
            var (host, below) = Split(path);
            Tell("paths", path, outline.Below(host, below, cancellationToken));
        }

        return lists.Count == 0 ? null : new OutlineDto(lists, null);

        void Tell(string list, string path, Tally tally)
        {
            var isKnown = _told.TryGetValue((list, path), out var told) && told.Tally == tally;
            if (isKnown && told.Version == tally.Version)
            {
                return;
            }

            var greatest = tally.Greatest(MaxEntries);
            var changed = greatest.Where(entry => !isKnown || entry.Value.Version > told.Version || !told.Names.Contains(entry.Key));
            lists.Add(new OutlineListDto(
                list,
                path,
                Whole: !isKnown,
                [.. changed.Select(entry => new OutlineEntryDto(entry.Key, entry.Value.Flows, entry.Value.Errors, entry.Value.HasMore))],
                isKnown ? [.. told.Names.Where(name => !greatest.ContainsKey(name))] : [],
                tally.Entries.Count - greatest.Count,
                tally.Flows - greatest.Values.Sum(entry => entry.Flows)));
            _told[(list, path)] = (tally, tally.Version, [.. greatest.Keys]);
        }
    }
}
