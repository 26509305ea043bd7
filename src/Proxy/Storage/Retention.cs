namespace MitmWeb.Proxy.Storage;

/// <summary>Finds what has to be removed to keep a session within its limits, a little at a time, on the connection that writes.</summary>
internal sealed class Retention : IDisposable
{
    /// <summary>The most flows that are removed with one commit.</summary>
    private const int StepFlows = 200;

    /// <summary>The most pieces of long bodies that are removed with one commit: 16 MiB.</summary>
    private const int StepChunks = 64;

    /// <summary>Which flows may be removed at all.</summary>
    private const string Removable = "state >= 2";

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly Statement _oldest;
    private readonly Statement _chunks;
    private readonly Statement _deleteChunks;
    private readonly Statement _connectionsOf;
    private readonly Statement _deleteConnection;
    private readonly long _pageSize;
    private volatile RetentionPolicy _policy = RetentionPolicy.None;

    /// <summary>Flows up to this id have been looked at: those that are left may not be removed.</summary>
    private long _passed;

    public Retention(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _pageSize = database.ScalarInt64("PRAGMA page_size");
        _oldest = database.Prepare($"SELECT id, started_at FROM flow WHERE id > ?1 AND {Removable} ORDER BY id LIMIT ?2");
        _chunks = database.Prepare("SELECT count(*) FROM (SELECT 1 FROM body_chunk WHERE flow_id = ?1 LIMIT ?2)");
        _deleteChunks = database.Prepare(
            "DELETE FROM body_chunk WHERE id IN (SELECT id FROM body_chunk WHERE flow_id = ?1 ORDER BY side DESC, start DESC LIMIT ?2)");
        _connectionsOf = database.Prepare("SELECT client_connection_id, server_connection_id FROM content WHERE flow_id = ?1");
        _deleteConnection = database.Prepare(
            "DELETE FROM connection WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM content WHERE client_connection_id = ?1) " +
            "AND NOT EXISTS (SELECT 1 FROM content WHERE server_connection_id = ?1)");
    }

    public RetentionPolicy Policy => _policy;

    /// <summary>Sets the limits.</summary>
    public void Set(RetentionPolicy policy) => _policy = policy;

    /// <summary>Removes some flows when a limit is passed.</summary>
    /// <param name="flows">How many flows there are.</param>
    /// <param name="isLive">Whether a flow is not wholly stored yet.</param>
    /// <param name="remove">Removes one.</param>
    /// <param name="removedConnection">Is told which connections were removed.</param>
    /// <returns>Whether there may be more to remove at once.</returns>
    public bool Step(long flows, Func<long, bool> isLive, Action<long> remove, Action<long> removedConnection)
    {
        var policy = _policy;
        if (policy.IsEmpty)
        {
            return false;
        }

        var now = Microseconds.FromTime(_time.GetUtcNow());
        var tooOld = policy.MaxAge is { } age ? now - (long)age.TotalMicroseconds : long.MinValue;
        var tooMany = policy.MaxFlows is { } most ? flows - most : 0;
        if (tooMany <= 0 && !IsTooLarge(policy) && tooOld == long.MinValue)
        {
            return false;
        }

        var (chunks, removed, goesOn) = (0, 0, true);
        foreach (var (id, startedAt) in Oldest(_passed))
        {
            // The order is that of ids: one that is young enough ends it, unless another limit is passed.
            if (chunks >= StepChunks || (removed >= tooMany && startedAt >= tooOld && !IsTooLarge(policy)))
            {
                goesOn = chunks >= StepChunks;
                break;
            }

            if (!isLive(id))
            {
                chunks += RemoveChunks(id, StepChunks - chunks, out var more);
                if (more)
                {
                    return true;
                }

                RemoveWithConnections(id, remove, removedConnection);
                removed++;
            }

            _passed = id;
        }

        // Where nothing is left to remove, some may be later: what runs ends, and marks are taken away.
        if (removed == 0 || !goesOn)
        {
            _passed = 0;
        }

        return removed > 0 && goesOn;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _oldest, _chunks, _deleteChunks, _connectionsOf, _deleteConnection })
        {
            statement.Dispose();
        }
    }

    private bool IsTooLarge(RetentionPolicy policy) => policy.MaxBytes is { } bytes && UsedBytes() > bytes;

    private long UsedBytes() => (_database.ScalarInt64("PRAGMA page_count") - _database.ScalarInt64("PRAGMA freelist_count")) * _pageSize;

    private List<(long Id, long StartedAt)> Oldest(long after)
    {
        var found = new List<(long, long)>();
        _oldest.Bind(1, after).Bind(2, StepFlows);
        try
        {
            while (_oldest.Step())
            {
                found.Add((_oldest.Int64(0), _oldest.Int64(1)));
            }

            return found;
        }
        finally
        {
            _oldest.Reset();
        }
    }

    /// <summary>Removes a long body from its end on, so that a step takes no longer than others.</summary>
    private int RemoveChunks(long id, int most, out bool more)
    {
        _chunks.Bind(1, id).Bind(2, most + 1);
        var count = _chunks.Step() ? _chunks.Int32(0) : 0;
        _chunks.Reset();
        more = count > most;
        if (more)
        {
            _deleteChunks.Bind(1, id).Bind(2, most).Run();
        }

        return count;
    }

    /// <summary>Removes a flow, and its connections when it was the last one on them.</summary>
    private void RemoveWithConnections(long id, Action<long> remove, Action<long> removedConnection)
    {
        _connectionsOf.Bind(1, id);
        var connections = _connectionsOf.Step() ? new[] { _connectionsOf.Int64(0), _connectionsOf.NullableInt64(1) ?? 0 } : [];
        _connectionsOf.Reset();
        remove(id);
        foreach (var connection in connections.Where(one => one != 0))
        {
            _deleteConnection.Bind(1, connection).Run();
            if (_database.Changes > 0)
            {
                removedConnection(connection);
            }
        }
    }
}
