using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Storage;

/// <summary>The statements that write, prepared once. It knows rows, not flows: what to write and when is the <see cref="FlowWriter"/>'s.</summary>
internal sealed class SessionWriter : IDisposable
{
    private readonly Database _database;
    private readonly List<Statement> _all = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _insertFlow;
    private readonly Statement _replaceFlow;
    private readonly Statement _selectFlow;
    private readonly Statement _annotate;
    private readonly Statement _insertContent;
    private readonly Statement _replaceContent;
    private readonly Statement _insertBody;
    private readonly Statement _replaceBody;
    private readonly Statement _insertChunk;
    private readonly Statement _replaceConnection;
    private readonly Statement _insertCertificate;
    private readonly Statement _addToBlock;
    private readonly Statement _progress;
    private readonly Statement _deleteFlow;
    private readonly Statement _deleteContent;
    private readonly Statement _deleteBody;
    private readonly Statement _deleteChunks;
    private readonly Statement _insertRemoval;
    private readonly Statement _trimRemovals;
    private readonly Statement _clearBlocks;
    private readonly Statement _countBlock;
    private readonly Statement _interrupt;
    private readonly Statement _interruptContent;

    public SessionWriter(Database database)
    {
        _database = database;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _insertFlow = Prepare($"INSERT INTO flow ({Schema.RecordedColumns}) VALUES ({Parameters(25)})");

        // What people noted stays as it is, whatever the traffic does.
        var recorded = Schema.RecordedColumns.Split(", ").Skip(1).Select(column => $"{column} = excluded.{column}");
        _replaceFlow = Prepare(
            $"INSERT INTO flow ({Schema.RecordedColumns}) VALUES ({Parameters(25)}) ON CONFLICT (id) DO UPDATE SET {string.Join(", ", recorded)}");
        Deletions = new Deletions(database);
        _selectFlow = Prepare($"SELECT {Schema.FlowColumns} FROM flow WHERE id = ?1");
        _annotate = Prepare("UPDATE flow SET seq = ?2, marker = ?3, comment = ?4, tags = ?5, pinned = ?6, meta = ?7 WHERE id = ?1");

        // REPLACE keeps a copy of each page that it changes, so that it can be taken back; for a new flow nothing is replaced.
        _insertContent = Prepare($"INSERT INTO content ({Schema.ContentColumns}) VALUES ({Parameters(27)})");
        _replaceContent = Prepare($"REPLACE INTO content ({Schema.ContentColumns}) VALUES ({Parameters(27)})");
        _insertBody = Prepare("INSERT INTO body (flow_id, request_body, response_body) VALUES (?1, ?2, ?3)");
        _replaceBody = Prepare("REPLACE INTO body (flow_id, request_body, response_body) VALUES (?1, ?2, ?3)");
        _insertChunk = Prepare("INSERT INTO body_chunk (flow_id, side, start, length, data) VALUES (?1, ?2, ?3, ?4, ?5)");
        _replaceConnection = Prepare($"REPLACE INTO connection ({Schema.ConnectionColumns}) VALUES ({Parameters(31)})");
        _insertCertificate = Prepare("INSERT OR IGNORE INTO certificate (sha256, der) VALUES (?1, ?2)");
        _addToBlock = Prepare("INSERT INTO flow_block (block, flows) VALUES (?1, ?2) ON CONFLICT (block) DO UPDATE SET flows = flows + ?2");
        _progress = Prepare(
            "UPDATE progress SET seq = ?1, flows = ?2, last_flow_id = ?3, last_connection_id = ?4, cleared_seq = ?5, cleared_flow_id = ?6");
        _deleteFlow = Prepare("DELETE FROM flow WHERE id = ?1");
        _deleteContent = Prepare("DELETE FROM content WHERE flow_id = ?1");
        _deleteBody = Prepare("DELETE FROM body WHERE flow_id = ?1");
        _deleteChunks = Prepare("DELETE FROM body_chunk WHERE flow_id = ?1");
        _insertRemoval = Prepare("INSERT INTO removal (seq, flow_id) VALUES (?1, ?2)");
        _trimRemovals = Prepare("DELETE FROM removal WHERE seq <= (SELECT seq FROM removal ORDER BY seq DESC LIMIT 1 OFFSET ?1)");
        _clearBlocks = Prepare("DELETE FROM flow_block WHERE block <= ?1");
        _countBlock = Prepare("INSERT INTO flow_block (block, flows) SELECT ?1, count(*) FROM flow WHERE id BETWEEN ?2 AND ?3");
        _interrupt = Prepare("UPDATE flow SET state = 3, seq = ?2, error = coalesce(error, ?3) WHERE id = ?1");
        _interruptContent = Prepare("UPDATE content SET error_step = ?2 WHERE flow_id = ?1");
    }

    /// <summary>What was deleted and can be brought back.</summary>
    public Deletions Deletions { get; }

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Takes the open transaction back, when SQLite has not done so already.</summary>
    public void Rollback()
    {
        if (!_database.AutoCommit)
        {
            _database.Execute("ROLLBACK");
        }
    }

    /// <summary>Writes a flow's row.</summary>
    /// <returns>Whether it is a new one.</returns>
    public bool WriteFlow(FlowRow row, bool expectNew)
    {
        if (expectNew && TryRun(Bind(_insertFlow, row)))
        {
            return true;
        }

        Bind(_replaceFlow, row).Run();
        return false;
    }

    /// <summary>A flow's row as it stands, with what this transaction wrote; null when there is none.</summary>
    public FlowRow? Read(long id)
    {
        _selectFlow.Bind(1, id);
        try
        {
            return _selectFlow.Step() ? FlowRowReader.Read(_selectFlow) : null;
        }
        finally
        {
            _selectFlow.Reset();
        }
    }

    /// <summary>Writes what is noted about a flow, and the number of the change.</summary>
    public void WriteNotes(FlowRow row) => _annotate
        .Bind(1, row.Id)
        .Bind(2, row.Seq)
        .Bind(3, row.Marker)
        .Bind(4, row.Comment)
        .Bind(5, row.Tags)
        .Bind(6, row.IsPinned ? 1 : 0)
        .Bind(7, row.Meta)
        .Run();

    /// <summary>Writes what a flow holds besides its row. A body is given when it is whole and small.</summary>
    public void WriteContent(
        Flow flow, long clientId, long? serverId, FlowError? error, LiveBody? requestBody, LiveBody? responseBody, bool expectNew)
    {
        if (!expectNew || !TryRun(BindContent(_insertContent, flow, clientId, serverId, error)))
        {
            BindContent(_replaceContent, flow, clientId, serverId, error).Run();
        }

        if ((requestBody is not null || responseBody is not null) && (!expectNew || !TryRun(BindBodies(_insertBody, flow, requestBody, responseBody))))
        {
            BindBodies(_replaceBody, flow, requestBody, responseBody).Run();
        }
    }

    public void WriteChunk(long flowId, MessageSide side, in BodySegment segment) => _insertChunk
        .Bind(1, flowId)
        .Bind(2, (int)side)
        .Bind(3, segment.Start)
        .Bind(4, segment.Length)
        .BindBlob(5, segment.Buffer.AsSpan(0, segment.Length))
        .Run();

    public void WriteConnection(long id, ClientConnection connection)
    {
        _replaceConnection
            .Bind(1, id)
            .Bind(2, (int)MessageSide.Request)
            .Bind(3, Microseconds.FromTime(connection.OpenedAt))
            .Bind(4, EndPointText.Write(connection.RemoteEndPoint))
            .Bind(5, EndPointText.Write(connection.LocalEndPoint))
            .Bind(6, connection.Mode)
            .Bind(12, connection.TlsDuration);
        if (connection.Tls?.ClientHello is { } message && ClientHelloAnatomy.Read(message) is { } hello)
        {
            _replaceConnection.Bind(29, Ja3.Of(hello)).Bind(30, Ja4.Of(hello));
        }

        WriteTlsAndRun(connection.Tls);
    }

    public void WriteConnection(long id, ServerConnection connection)
    {
        _replaceConnection
            .Bind(1, id)
            .Bind(2, (int)MessageSide.Response)
            .Bind(3, Microseconds.FromTime(connection.OpenedAt))
            .Bind(4, connection.RemoteEndPoint is { } remote ? EndPointText.Write(remote) : null)
            .Bind(5, connection.LocalEndPoint is { } local ? EndPointText.Write(local) : null)
            .Bind(7, connection.Host)
            .Bind(8, connection.Port)
            .Bind(9, JsonSerializer.Serialize(connection.Addresses.Select(address => address.ToString())))
            .Bind(10, connection.DnsDuration)
            .Bind(11, connection.ConnectDuration)
            .Bind(12, connection.TlsDuration);
        WriteTlsAndRun(connection.Tls);
    }

    /// <summary>Counts flows in or out of their block of ids.</summary>
    public void AddToBlock(long block, long flows) => _addToBlock.Bind(1, block).Bind(2, flows).Run();

    public void WriteProgress(in SessionProgress progress) => _progress
        .Bind(1, progress.Seq)
        .Bind(2, progress.Flows)
        .Bind(3, progress.LastFlowId)
        .Bind(4, progress.LastConnectionId)
        .Bind(5, progress.ClearedSeq)
        .Bind(6, progress.ClearedFlowId)
        .Run();

    /// <summary>Takes one flow's row away; what else it holds stays.</summary>
    public void DeleteRow(long id) => _deleteFlow.Bind(1, id).Run();

    /// <summary>Deletes a flow with all it holds.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(long id)
    {
        DeleteRow(id);
        if (_database.Changes == 0)
        {
            return false;
        }

        _deleteContent.Bind(1, id).Run();
        _deleteBody.Bind(1, id).Run();
        _deleteChunks.Bind(1, id).Run();
        return true;
    }

    public void WriteRemoval(long seq, long id) => _insertRemoval.Bind(1, seq).Bind(2, id).Run();

    /// <summary>Forgets all removals but the newest.</summary>
    public void TrimRemovals(int keep) => _trimRemovals.Bind(1, keep).Run();

    /// <summary>Counts the flows of the blocks up to an id anew, after flows went.</summary>
    public void CountBlocksUpTo(long id)
    {
        var block = id / Schema.BlockSize;
        _clearBlocks.Bind(1, block).Run();
        _countBlock.Bind(1, block).Bind(2, block * Schema.BlockSize).Bind(3, ((block + 1) * Schema.BlockSize) - 1).Run();
    }

    /// <summary>Forgets all removals: who does not know them loads anew.</summary>
    public void ForgetRemovals() => _database.Execute("DELETE FROM removal");

    /// <summary>Marks a flow that an earlier run left unfinished.</summary>
    public void Interrupt(long id, long seq)
    {
        _interrupt.Bind(1, id).Bind(2, seq).Bind(3, FlowRows.InterruptedMessage).Run();
        _interruptContent.Bind(1, id).Bind(2, nameof(FlowStep.Proxy)).Run();
    }

    public void Dispose()
    {
        Deletions.Dispose();
        foreach (var statement in _all)
        {
            statement.Dispose();
        }
    }

    /// <returns>Whether it is in; not when it is there already, because the engine has recorded it before: what it says now counts.</returns>
    private static bool TryRun(Statement insert)
    {
        const int SqliteConstraint = 19;
        try
        {
            insert.Run();
            return true;
        }
        catch (DatabaseException e) when (e.PrimaryCode == SqliteConstraint)
        {
            return false;
        }
    }

    private static Statement BindContent(Statement statement, Flow flow, long clientId, long? serverId, FlowError? error)
    {
        var timings = flow.Timings;
        statement
            .Bind(1, flow.Id)
            .Bind(2, clientId)
            .Bind(3, serverId)
            .Bind(4, flow.ServerReused ? 1 : 0)
            .Bind(5, flow.Request?.Raw)
            .Bind(6, HeaderBlock.Write(flow.RequestTrailers))
            .Bind(7, HeaderBlock.Write(flow.Interim))
            .Bind(8, flow.Response?.Raw)
            .Bind(9, HeaderBlock.Write(flow.ResponseTrailers))
            .Bind(10, timings.DnsStart)
            .Bind(11, timings.ConnectStart)
            .Bind(12, timings.ConnectEnd)
            .Bind(13, timings.TlsStart)
            .Bind(14, timings.TlsEnd)
            .Bind(15, timings.SendStart)
            .Bind(16, timings.SendEnd)
            .Bind(17, timings.FirstByte)
            .Bind(18, timings.End)
            .Bind(22, timings.Blocked)
            .Bind(23, flow.RequestHeadWireSize)
            .Bind(24, flow.RequestBodyWireSize)
            .Bind(25, flow.ResponseHeadWireSize)
            .Bind(26, flow.ResponseBodyWireSize)
            .Bind(27, flow.PassThroughReason);
        return error is null ? statement : statement.Bind(19, error.Step.ToString()).Bind(20, error.Detail).Bind(21, error.Fix);
    }

    private static Statement BindBodies(Statement statement, Flow flow, LiveBody? request, LiveBody? response)
    {
        statement.Bind(1, flow.Id);
        if (request is not null)
        {
            statement.BindBlob(2, request.Whole);
        }

        return response is null ? statement : statement.BindBlob(3, response.Whole);
    }

    private static string Parameters(int count) =>
        string.Join(", ", Enumerable.Range(1, count).Select(index => "?" + index.ToString(CultureInfo.InvariantCulture)));

    private static Statement Bind(Statement statement, FlowRow row) => statement
        .Bind(1, row.Id)
        .Bind(2, row.Seq)
        .Bind(3, (int)row.Kind)
        .Bind(4, (int)row.State)
        .Bind(5, Microseconds.FromTime(row.StartedAt))
        .Bind(6, row.Method)
        .Bind(7, row.Scheme)
        .Bind(8, row.Host)
        .Bind(9, row.Port)
        .Bind(10, row.Path)
        .Bind(11, row.Status)
        .Bind(12, row.Reason)
        .Bind(13, row.ContentType)
        .Bind(14, row.RequestSize)
        .Bind(15, row.ResponseSize)
        .Bind(16, row.Duration)
        .Bind(17, row.TimeToFirstByte)
        .Bind(18, row.HttpVersion)
        .Bind(19, row.ServerHttpVersion)
        .Bind(20, row.ClientAddress)
        .Bind(21, row.ServerAddress)
        .Bind(22, row.Error)
        .Bind(23, row.ModifiedBy)
        .Bind(24, row.HostHeader)
        .Bind(25, row.RequestContentType);

    private Statement Prepare(string sql)
    {
        var statement = _database.Prepare(sql);
        _all.Add(statement);
        return statement;
    }

    /// <summary>Writes a certificate that may be there already, and gives the name by which rows refer to it.</summary>
    private string WriteCertificate(byte[] der)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(der));
        _insertCertificate.Bind(1, name).BindBlob(2, der).Run();
        return name;
    }

    private void WriteTlsAndRun(TlsDetails? tls)
    {
        if (tls is not null)
        {
            var names = tls.Certificates.Select(WriteCertificate).ToArray();
            _replaceConnection
                .Bind(13, tls.Version)
                .Bind(14, tls.CipherSuite)
                .Bind(15, tls.Alpn)
                .Bind(16, JsonSerializer.Serialize(tls.AlpnOffered))
                .Bind(17, tls.Sni)
                .Bind(18, tls.CertificateError)
                .Bind(19, JsonSerializer.Serialize(names))
                .Bind(20, tls.KeyExchangeGroup)
                .Bind(21, tls.Resumed is { } resumed ? resumed ? 1 : 0 : null)
                .Bind(22, tls.HelloRetried ? 1 : 0)
                .Bind(26, tls.ClientAlert)
                .Bind(27, tls.ServerAlert)
                .Bind(28, tls.Verification is { } verification ? JsonSerializer.Serialize(verification) : null)
                .Bind(31, tls.ClientCertificate is { } shown ? WriteCertificate(shown) : null)
                .Bind(23, tls.ClientHello)
                .Bind(24, tls.ServerHello)
                .Bind(25, tls.OcspStaple);
        }

        _replaceConnection.Run();
    }
}
