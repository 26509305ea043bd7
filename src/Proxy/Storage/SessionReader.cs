using System.Net;
using System.Text;
using System.Text.Json;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using SQLitePCL;

namespace MitmWeb.Proxy.Storage;

/// <summary>The statements that read, on one connection. What one method gives is from one moment.</summary>
internal sealed partial class SessionReader : IDisposable
{
    private const int MaxStatements = 64;

    private readonly Database _database;
    private readonly Dictionary<string, Statement> _statements = [];
    private readonly FileContent _content;
    private bool _isCalledBack;

    public SessionReader(string path)
    {
        _database = Database.OpenRead(path);
        _content = new FileContent(this);
        try
        {
            DefineFilterFunctions();
            _database.Defend();
            _database.Execute(
                "PRAGMA query_only=ON; PRAGMA busy_timeout=2000; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;");
        }
        catch (DatabaseException)
        {
            _database.Dispose();
            throw;
        }
    }

    public void Interrupt() => _database.Interrupt();

    /// <summary>Which of these flows match, as the file has them.</summary>
    public HashSet<long> Matching(FlowFilter filter, IReadOnlyCollection<long> ids) => Snapshot(() => Ids(
        Apply(filter, $"SELECT id FROM {filter.From()} WHERE id IN (SELECT value FROM json_each(?1)) AND {filter.Sql(2)}", 2)
            .Bind(1, JsonSerializer.Serialize(ids))));

    /// <summary>All that was deleted and is not yet removed for good, the newest first.</summary>
    public List<FlowDeletion> Deletions() => Snapshot(() =>
    {
        var select = Prepared("SELECT id, deleted_at, flows FROM deletion ORDER BY id DESC");
        var deletions = new List<FlowDeletion>();
        try
        {
            while (select.Step())
            {
                deletions.Add(new FlowDeletion(select.Int64(0), Microseconds.ToTime(select.Int64(1)), select.Int64(2)));
            }

            return deletions;
        }
        finally
        {
            select.Reset();
        }
    });

    /// <summary>The values that the newest flows have, the most frequent first.</summary>
    /// <param name="source">Where they stand.</param>
    /// <param name="part">What they must contain.</param>
    /// <param name="limit">How many values.</param>
    public List<SeenValue> Values(SeenValueSource source, string part, int limit) => Snapshot(() =>
    {
        var select = Prepared(
            $"SELECT {source.Column} AS seen_value, count(*) FROM {source.Table} AND seen_value <> '' AND instr(lower(seen_value), lower(?1)) > 0 " +
            "GROUP BY seen_value ORDER BY 2 DESC, 1 LIMIT ?2").Bind(1, part).Bind(2, limit);
        if (source.Name is { } name)
        {
            select.Bind(3, name);
        }

        var values = new List<SeenValue>();
        try
        {
            while (select.Step())
            {
                values.Add(new SeenValue(select.Text(0), select.Int64(1)));
            }

            return values;
        }
        finally
        {
            select.Reset();
        }
    });

    public StoredFlow? Flow(long id) => Snapshot(() =>
    {
        var select = Prepared($"SELECT {Schema.FlowColumns} FROM flow WHERE id = ?1").Bind(1, id);
        var rows = ReadRows(select).ToArray();
        if (rows.Length == 0)
        {
            return null;
        }

        var content = Prepared($"SELECT {Schema.ContentColumns} FROM content WHERE flow_id = ?1").Bind(1, id);
        try
        {
            return content.Step() ? ReadFlow(rows[0], content) : null;
        }
        finally
        {
            content.Reset();
        }
    });

    /// <summary>How many bytes of a body are in the file, and whether the flow has ended; null when there is no such flow.</summary>
    public (long Length, bool Inline, bool Complete)? Body(long id, MessageSide side) => Snapshot(() => FindBody(id, side));

    /// <summary>As <see cref="Body"/>, within a statement that runs already.</summary>
    public (long Length, bool Inline, bool Complete)? FindBody(long id, MessageSide side)
    {
        var column = side == MessageSide.Request ? "request_body" : "response_body";
        var select = Prepared($"SELECT flow.state, length(body.{column}) FROM flow LEFT JOIN body ON body.flow_id = flow.id WHERE flow.id = ?1")
            .Bind(1, id);
        bool complete;
        long? inline;
        try
        {
            if (!select.Step())
            {
                return null;
            }

            (complete, inline) = (select.Int32(0) >= (int)FlowState.Done, select.NullableInt64(1));
        }
        finally
        {
            select.Reset();
        }

        if (inline is { } length)
        {
            return (length, true, complete);
        }

        var last = Prepared("SELECT start + length FROM body_chunk WHERE flow_id = ?1 AND side = ?2 ORDER BY start DESC LIMIT 1")
            .Bind(1, id).Bind(2, (int)side);
        var end = last.Step() ? last.Int64(0) : 0;
        last.Reset();
        return (end, false, complete);
    }

    /// <summary>The heads and trailers of a flow, and the ids of its connections, within a statement that runs already.</summary>
    public (byte[]?[] Heads, long Client, long? Server) FindHeads(long id)
    {
        var select = Prepared(
            "SELECT request_head, request_trailers, response_head, response_trailers, client_connection_id, server_connection_id " +
            "FROM content WHERE flow_id = ?1").Bind(1, id);
        try
        {
            return select.Step()
                ? ([.. Enumerable.Range(0, 4).Select(select.NullableBlob)], select.Int64(4), select.NullableInt64(5))
                : (new byte[]?[4], 0, null);
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>What filters look at of a connection, within a statement that runs already; null when it is not known.</summary>
    public FilterConnection? FindConnection(long id)
    {
        var select = Prepared(
            "SELECT nullif(tls_version, ''), nullif(cipher_suite, ''), alpn, sni, ja3, ja4 FROM connection WHERE id = ?1").Bind(1, id);
        try
        {
            return select.Step()
                ? new FilterConnection(
                    id,
                    select.NullableText(0),
                    select.NullableText(1),
                    select.NullableText(2),
                    select.NullableText(3),
                    select.NullableText(4),
                    select.NullableText(5))
                : null;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Copies bytes of a body.</summary>
    /// <returns>How many; fewer than fit when a piece ends, 0 when there is nothing at that position.</returns>
    public int ReadBody(long id, MessageSide side, bool inline, long position, Span<byte> buffer)
    {
        var column = side == MessageSide.Request ? "request_body" : "response_body";
        var select = inline
            ? Prepared($"SELECT 0, substr({column}, ?2, ?3) FROM body WHERE flow_id = ?1").Bind(1, id).Bind(2, position + 1).Bind(3, buffer.Length)
            : Prepared("SELECT start, data FROM body_chunk WHERE flow_id = ?1 AND side = ?4 AND start <= ?2 ORDER BY start DESC LIMIT 1")
                .Bind(1, id).Bind(2, position).Bind(4, (int)side);
        try
        {
            if (!select.Step())
            {
                return 0;
            }

            var piece = select.Blob(1);
            var skip = inline ? 0 : position - select.Int64(0);
            if (skip >= piece.Length)
            {
                return 0;
            }

            var count = Math.Min(buffer.Length, piece.Length - (int)skip);
            piece.Slice((int)skip, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>The flows, the last change, the bytes of the file (those that hold something, and all), and when the oldest flow began.</summary>
    public (SessionProgress Progress, long UsedBytes, long MainBytes, DateTimeOffset? OldestAt) Stats() => Snapshot(() =>
    {
        var (pages, size) = (_database.ScalarInt64("PRAGMA page_count"), _database.ScalarInt64("PRAGMA page_size"));
        return (Progress(), (pages - _database.ScalarInt64("PRAGMA freelist_count")) * size, pages * size, OldestAt());
    });

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _database.Dispose();
    }

    private static IEnumerable<FlowRow> ReadRows(Statement statement)
    {
        try
        {
            while (statement.Step())
            {
                yield return FlowRowReader.Read(statement);
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    private T Snapshot<T>(Func<T> read)
    {
        Begin();
        var result = read();
        End();
        return result;
    }

    private Statement Prepared(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            return statement;
        }

        // Within a function of SQL a statement is running, which must not be thrown away under itself.
        if (_statements.Count >= MaxStatements && !_isCalledBack)
        {
            foreach (var old in _statements.Values)
            {
                old.Dispose();
            }

            _statements.Clear();
        }

        statement = _database.Prepare(sql);
        _statements.Add(sql, statement);
        return statement;
    }

    private static HashSet<long> Ids(Statement statement)
    {
        var ids = new HashSet<long>();
        try
        {
            while (statement.Step())
            {
                ids.Add(statement.Int64(0));
            }

            return ids;
        }
        finally
        {
            statement.Reset();
        }
    }

    private DateTimeOffset? OldestAt()
    {
        var select = Prepared("SELECT started_at FROM flow ORDER BY id LIMIT 1");
        try
        {
            return select.Step() ? Microseconds.ToTime(select.Int64(0)) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    private SessionProgress Progress()
    {
        var select = Prepared(SessionProgress.Sql);
        try
        {
            return select.Step() ? SessionProgress.Read(select) : default;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Rows by their position in the order of ids. SQLite would count its way there; the blocks say where to start.</summary>
    public List<FlowRow> RowsByPosition(bool descending, long offset, int limit, long total)
    {
        var first = descending ? Math.Max(0, total - offset - limit) : offset;
        var count = (int)(descending ? total - offset - first : Math.Min(limit, total - offset));
        var (block, before) = FindBlock(first);
        var select = Prepared($"SELECT {Schema.FlowColumns} FROM flow WHERE id >= ?1 ORDER BY id LIMIT ?2 OFFSET ?3")
            .Bind(1, block * Schema.BlockSize).Bind(2, count).Bind(3, first - before);
        var rows = ReadRows(select).ToList();
        if (descending)
        {
            rows.Reverse();
        }

        return rows;
    }

    /// <summary>The block that holds the flow at a position, and how many flows are before that block.</summary>
    private (long Block, long Before) FindBlock(long position)
    {
        var before = 0L;
        var select = Prepared("SELECT block, flows FROM flow_block ORDER BY block");
        try
        {
            while (select.Step())
            {
                var flows = select.Int64(1);
                if (before + flows > position)
                {
                    return (select.Int64(0), before);
                }

                before += flows;
            }

            return (long.MaxValue / Schema.BlockSize, before);
        }
        finally
        {
            select.Reset();
        }
    }

    private StoredFlow ReadFlow(FlowRow row, Statement content)
    {
        var requestHead = content.NullableBlob(4);
        var responseHead = content.NullableBlob(7);
        var error = content.NullableText(18);
        return new StoredFlow
        {
            Row = row,
            Client = Client(content.Int64(1), row),
            Server = content.NullableInt64(2) is { } server ? Server(server, row) : null,
            ServerReused = content.Int32(3) != 0,
            Request = requestHead is null ? null : RequestHead.Parse(requestHead),
            RequestTrailers = HeaderBlock.ReadTrailers(content.NullableBlob(5)),
            Interim = HeaderBlock.ReadInterim(content.NullableBlob(6)),
            Response = responseHead is null ? null : ResponseHead.Parse(responseHead),
            ResponseTrailers = HeaderBlock.ReadTrailers(content.NullableBlob(8)),
            Timings = new FlowTimings
            {
                DnsStart = content.NullableInt64(9),
                ConnectStart = content.NullableInt64(10),
                ConnectEnd = content.NullableInt64(11),
                TlsStart = content.NullableInt64(12),
                TlsEnd = content.NullableInt64(13),
                SendStart = content.NullableInt64(14),
                SendEnd = content.NullableInt64(15),
                FirstByte = content.NullableInt64(16),
                End = content.NullableInt64(17),
                Blocked = content.NullableInt64(21),
            },
            RequestHeadWireSize = content.NullableInt64(22),
            RequestBodyWireSize = content.NullableInt64(23),
            ResponseHeadWireSize = content.NullableInt64(24),
            ResponseBodyWireSize = content.NullableInt64(25),
            PassThroughReason = content.NullableText(26),
            Error = row.Error is null
                ? null
                : new FlowError(
                    Enum.TryParse<FlowStep>(error, out var step) ? step : FlowStep.Proxy, row.Error, content.Text(19), content.Text(20)),
        };
    }

    private ClientConnection Client(long id, FlowRow row)
    {
        var unknown = new IPEndPoint(IPAddress.None, 0);
        var select = Connection(id);
        try
        {
            return select.Step()
                ? new ClientConnection
                {
                    Id = id,
                    OpenedAt = Microseconds.ToTime(select.Int64(2)),
                    RemoteEndPoint = EndPointText.Read(select.NullableText(3)) ?? unknown,
                    LocalEndPoint = EndPointText.Read(select.NullableText(4)) ?? unknown,
                    Mode = select.Text(5),
                    TlsDuration = select.NullableInt64(11),
                    Tls = Tls(select),
                }
                : new ClientConnection
                {
                    Id = id,
                    OpenedAt = row.StartedAt,
                    RemoteEndPoint = EndPointText.Read(row.ClientAddress) ?? unknown,
                    LocalEndPoint = unknown,
                };
        }
        finally
        {
            select.Reset();
        }
    }

    private ServerConnection? Server(long id, FlowRow row)
    {
        var select = Connection(id);
        try
        {
            return select.Step()
                ? new ServerConnection
                {
                    Id = id,
                    OpenedAt = Microseconds.ToTime(select.Int64(2)),
                    RemoteEndPoint = EndPointText.Read(select.NullableText(3)),
                    LocalEndPoint = EndPointText.Read(select.NullableText(4)),
                    Host = select.NullableText(6) ?? row.Host,
                    Port = select.IsNull(7) ? row.Port : select.Int32(7),
                    Addresses = Strings(select.NullableText(8)).Select(text => IPAddress.TryParse(text, out var address) ? address : null)
                        .OfType<IPAddress>().ToArray(),
                    DnsDuration = select.NullableInt64(9),
                    ConnectDuration = select.NullableInt64(10),
                    TlsDuration = select.NullableInt64(11),
                    Tls = Tls(select),
                }
                : null;
        }
        finally
        {
            select.Reset();
        }
    }

    private Statement Connection(long id) =>
        Prepared($"SELECT {Schema.ConnectionColumns} FROM connection WHERE id = ?1").Bind(1, id);

    private TlsDetails? Tls(Statement connection) => connection.IsNull(12)
        ? null
        : new TlsDetails
        {
            Version = connection.Text(12),
            CipherSuite = connection.Text(13),
            Alpn = connection.NullableText(14),
            AlpnOffered = Strings(connection.NullableText(15)),
            Sni = connection.NullableText(16),
            CertificateError = connection.NullableText(17),
            Certificates = Strings(connection.NullableText(18)).Select(Certificate).OfType<byte[]>().ToArray(),
            KeyExchangeGroup = connection.NullableText(19),
            Resumed = connection.IsNull(20) ? null : connection.Int32(20) != 0,
            HelloRetried = connection.Int32(21) != 0,
            ClientHello = connection.NullableBlob(22),
            ServerHello = connection.NullableBlob(23),
            OcspStaple = connection.NullableBlob(24),
            ClientAlert = connection.NullableText(25),
            ServerAlert = connection.NullableText(26),
            Verification = connection.NullableText(27) is { } verification ? JsonSerializer.Deserialize<CertificateVerification>(verification) : null,
            ClientCertificate = connection.NullableText(30) is { } shown ? Certificate(shown) : null,
        };

    private byte[]? Certificate(string sha256)
    {
        var select = Prepared("SELECT der FROM certificate WHERE sha256 = ?1").Bind(1, sha256);
        try
        {
            return select.Step() ? select.NullableBlob(0) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    private static string[] Strings(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json) ?? [];
}
