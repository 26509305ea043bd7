using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Views;

/// <summary>
/// A session's flows counted by host, by path below the hosts that somebody looks into, by client, and by media type. It is at one change of the
/// session, and goes on with each commit. For one thread at a time.
/// </summary>
public sealed class SessionOutline(FlowStore store)
{
    private readonly Dictionary<(string Host, string Path), Tally> _paths = [];

    /// <summary>The flows of each host.</summary>
    public Tally Hosts { get; private set; } = new();

    /// <summary>The flows of each client, by its address without the port.</summary>
    public Tally Clients { get; private set; } = new();

    /// <summary>The flows of each media type, of request or response.</summary>
    public Tally Types { get; private set; } = new();

    /// <summary>Whether flows were deleted, so that it has to be loaded anew.</summary>
    public bool IsOutdated { get; private set; }

    /// <summary>Counts everything that is in the file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(CancellationToken cancellationToken)
    {
        var (hosts, clients, types) = (new Tally(), new Tally(), new Tally());
        var seq = store.ReadOutline(flow => Count(hosts, clients, types, flow, 1), cancellationToken);
        (hosts.Seq, clients.Seq, types.Seq) = (seq, seq, seq);
        (Hosts, Clients, Types) = (hosts, clients, types);
        _paths.Clear();
        IsOutdated = false;
    }

    /// <summary>The flows below a host, or below a path of it, by the next part of the path. It is counted when it is asked for first.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The path, without a slash at its end; empty for the host itself.</param>
    /// <param name="cancellationToken">Stops the counting.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Tally Below(string host, string path, CancellationToken cancellationToken)
    {
        if (!_paths.TryGetValue((host, path), out var tally))
        {
            tally = new Tally();
            tally.Seq = store.ReadOutline(host, path, flow => CountBelow(tally, path, flow, 1), cancellationToken);
            _paths.Add((host, path), tally);
        }

        return tally;
    }

    /// <summary>Forgets the paths that nobody looks into any more.</summary>
    public void Keep(IReadOnlySet<(string Host, string Path)> paths)
    {
        foreach (var path in _paths.Keys.Where(path => !paths.Contains(path)).ToArray())
        {
            _paths.Remove(path);
        }
    }

    /// <summary>Goes on to a later change of the session.</summary>
    public void Apply(FlowChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        // Of a flow that was deleted nobody knows what it was counted by.
        IsOutdated |= (changes.Reset || changes.RemovedIds.Count > 0) && changes.Seq > Hosts.Seq;
        foreach (var (row, before) in changes.Rows)
        {
            if (before is not null)
            {
                Apply(FlowOutline.Of(before), -1, row.Seq);
            }

            Apply(FlowOutline.Of(row), 1, row.Seq);
        }
    }

    private static void Count(Tally hosts, Tally clients, Tally types, FlowOutline flow, int change)
    {
        hosts.Add(flow.Host, change, flow.IsError, hasMore: true);
        clients.Add(AddressOf(flow.ClientAddress), change, flow.IsError);
        if (flow.ResponseType is { } type)
        {
            types.Add(type, change, flow.IsError);
        }

        if (flow.RequestType is { } sent && sent != flow.ResponseType)
        {
            types.Add(sent, change, flow.IsError);
        }
    }

    private static void CountBelow(Tally tally, string path, FlowOutline flow, int change)
    {
        if (PartBelow(flow.Path, path) is { } part)
        {
            tally.Add(part.Name, change, flow.IsError, part.HasMore);
        }
    }

    /// <summary>The part of a path that follows another one; null when it does not.</summary>
    private static (string Name, bool HasMore)? PartBelow(string path, string above)
    {
        var end = path.IndexOf('?', StringComparison.Ordinal);
        var bare = end < 0 ? path.AsSpan() : path.AsSpan(0, end);
        if (bare.Length <= above.Length || !bare.StartsWith(above, StringComparison.Ordinal) || bare[above.Length] != '/')
        {
            return null;
        }

        var rest = bare[(above.Length + 1)..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? (rest.ToString(), false) : (rest[..slash].ToString(), true);
    }

    private static string AddressOf(string endPoint)
    {
        var colon = endPoint.LastIndexOf(':');
        return colon < 0 ? endPoint : endPoint[..colon];
    }

    private void Apply(FlowOutline flow, int change, long seq)
    {
        if (seq > Hosts.Seq)
        {
            Count(Hosts, Clients, Types, flow, change);
        }

        foreach (var ((host, path), tally) in _paths)
        {
            if (seq > tally.Seq && host == flow.Host)
            {
                CountBelow(tally, path, flow, change);
            }
        }
    }
}
