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
    private readonly Statement _replaceContent;
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
    private readonly Statement _collectContent;
    private readonly Statement _collectBodies;
    private readonly Statement _collectChunks;
    private readonly Statement _clearFlows;
    private readonly Statement _clearBlocks;
    private readonly Statement _countBlock;
    private readonly Statement _clearConnections;
    private readonly Statement _interrupt;
    private readonly Statement _interruptContent;

    public SessionWriter(Database database)
    {
        _database = database;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _insertFlow = Prepare($"INSERT INTO flow ({Schema.FlowColumns}) VALUES ({Parameters(25)})");
        _replaceFlow = Prepare($"REPLACE INTO flow ({Schema.FlowColumns}) VALUES ({Parameters(25)})");
        _replaceContent = Prepare($"REPLACE INTO content ({Schema.ContentColumns}) VALUES ({Parameters(27)})");
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
        _collectContent = Prepare(
            "DELETE FROM content WHERE flow_id IN (SELECT flow_id FROM content WHERE flow_id <= ?1 ORDER BY flow_id LIMIT 1000)");
        _collectBodies = Prepare("DELETE FROM body WHERE flow_id IN (SELECT flow_id FROM body WHERE flow_id <= ?1 ORDER BY flow_id LIMIT 1000)");
        _collectChunks = Prepare("DELETE FROM body_chunk WHERE id IN (SELECT id FROM body_chunk WHERE flow_id <= ?1 LIMIT 100)");
        _clearFlows = Prepare("DELETE FROM flow WHERE id <= ?1");
        _clearBlocks = Prepare("DELETE FROM flow_block WHERE block <= ?1");
        _countBlock = Prepare("INSERT INTO flow_block (block, flows) SELECT ?1, count(*) FROM flow WHERE id BETWEEN ?2 AND ?3");
        _clearConnections = Prepare(
            "DELETE FROM connection WHERE id NOT IN (SELECT client_connection_id FROM content WHERE flow_id > ?1 " +
            "UNION SELECT server_connection_id FROM content WHERE flow_id > ?1 AND server_connection_id IS NOT NULL)");
        _interrupt = Prepare("UPDATE flow SET state = 3, seq = ?2, error = coalesce(error, ?3) WHERE id = ?1");
        _interruptContent = Prepare("UPDATE content SET error_step = ?2 WHERE flow_id = ?1");
    }

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
        const int SqliteConstraint = 19;
        if (expectNew)
        {
            try
            {
                Bind(_insertFlow, row).Run();
                return true;
            }
            catch (DatabaseException e) when (e.PrimaryCode == SqliteConstraint)
            {
                // The engine has recorded it before; what it says now counts.
            }
        }

        Bind(_replaceFlow, row).Run();
        return false;
    }

    /// <summary>Writes what a flow holds besides its row. A body is given when it is whole and small.</summary>
    public void WriteContent(Flow flow, long clientId, long? serverId, FlowError? error, LiveBody? requestBody, LiveBody? responseBody)
    {
        var timings = flow.Timings;
        _replaceContent
            .Bind(1, flow.Id)
            .Bind(2, clientId)
            .Bind(3, serverId)
            .Bind(4, flow.ServerReused ? 1 : 0);
        BindBlob(5, flow.Request?.Raw);
        BindBlob(6, HeaderBlock.Write(flow.RequestTrailers));
        BindBlob(7, HeaderBlock.Write(flow.Interim));
        BindBlob(8, flow.Response?.Raw);
        BindBlob(9, HeaderBlock.Write(flow.ResponseTrailers));
        _replaceContent
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
        if (error is not null)
        {
            _replaceContent.Bind(19, error.Step.ToString()).Bind(20, error.Detail).Bind(21, error.Fix);
        }

        _replaceContent.Run();
        if (requestBody is not null || responseBody is not null)
        {
            _replaceBody.Bind(1, flow.Id);
            BindBody(2, requestBody);
            BindBody(3, responseBody);
            _replaceBody.Run();
        }

        void BindBlob(int index, byte[]? value)
        {
            if (value is not null)
            {
                _replaceContent.BindBlob(index, value);
            }
        }

        void BindBody(int index, LiveBody? body)
        {
            if (body is not null)
            {
                _replaceBody.BindBlob(index, body.Whole);
            }
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

    /// <summary>Deletes one flow.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(long id)
    {
        _deleteFlow.Bind(1, id).Run();
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

    /// <summary>Takes all flows off the list. What they held is left for <see cref="CollectGarbage"/>, because freeing gigabytes takes long.</summary>
    public void Clear() => _database.Execute(
        "DELETE FROM flow; DELETE FROM flow_block; DELETE FROM removal; DELETE FROM connection; DELETE FROM certificate;");

    /// <summary>Takes the flows up to an id off the list. What they held is left for <see cref="CollectGarbage"/>.</summary>
    /// <returns>How many there were.</returns>
    public long ClearUpTo(long id)
    {
        _clearFlows.Bind(1, id).Run();
        var flows = _database.Changes;
        var block = id / Schema.BlockSize;
        _clearBlocks.Bind(1, block).Run();
        _countBlock.Bind(1, block).Bind(2, block * Schema.BlockSize).Bind(3, ((block + 1) * Schema.BlockSize) - 1).Run();
        _clearConnections.Bind(1, id).Run();
        _database.Execute("DELETE FROM removal");
        return flows;
    }

    /// <summary>Frees some of what cleared flows held.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool CollectGarbage(long clearedFlowId)
    {
        _collectContent.Bind(1, clearedFlowId).Run();
        var more = _database.Changes > 0;
        _collectBodies.Bind(1, clearedFlowId).Run();
        more |= _database.Changes > 0;
        _collectChunks.Bind(1, clearedFlowId).Run();
        return more || _database.Changes > 0;
    }

    /// <summary>Marks a flow that an earlier run left unfinished.</summary>
    public void Interrupt(long id, long seq)
    {
        _interrupt.Bind(1, id).Bind(2, seq).Bind(3, FlowRows.InterruptedMessage).Run();
        _interruptContent.Bind(1, id).Bind(2, nameof(FlowStep.Proxy)).Run();
    }

    public void Dispose()
    {
        foreach (var statement in _all)
        {
            statement.Dispose();
        }
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
                .Bind(31, tls.ClientCertificate is { } shown ? WriteCertificate(shown) : null);
            BindIfAny(23, tls.ClientHello);
            BindIfAny(24, tls.ServerHello);
            BindIfAny(25, tls.OcspStaple);
        }

        _replaceConnection.Run();

        void BindIfAny(int index, byte[]? bytes)
        {
            if (bytes is not null)
            {
                _replaceConnection.BindBlob(index, bytes);
            }
        }
    }
}
