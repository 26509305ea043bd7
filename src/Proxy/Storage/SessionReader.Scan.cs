using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>Reading a session through from its beginning to its end, some flows at a time.</summary>
internal sealed partial class SessionReader
{
    /// <summary>The flows after an id, in the order of their ids.</summary>
    public List<StoredExchange> ExchangesAfter(long id, int limit)
    {
        var select = Prepared(
            """
            SELECT flow.id, flow.kind, flow.started_at, flow.scheme, flow.host, flow.port, flow.path, flow.content_type, flow.error,
              flow.modified_by, content.client_connection_id, content.server_connection_id, content.request_head, content.response_head
            FROM flow JOIN content ON content.flow_id = flow.id WHERE flow.id > ?1 ORDER BY flow.id LIMIT ?2
            """).Bind(1, id).Bind(2, limit);
        var exchanges = new List<StoredExchange>();
        try
        {
            while (select.Step())
            {
                var (request, response) = (select.NullableBlob(12), select.NullableBlob(13));
                exchanges.Add(new StoredExchange
                {
                    Id = select.Int64(0),
                    Kind = (FlowKind)select.Int32(1),
                    StartedAt = Microseconds.ToTime(select.Int64(2)),
                    Scheme = select.Text(3),
                    Host = select.Text(4),
                    Port = select.Int32(5),
                    Path = select.Text(6),
                    ContentType = select.NullableText(7),
                    Error = select.NullableText(8),
                    ModifiedBy = select.NullableText(9),
                    ClientConnectionId = select.Int64(10),
                    ServerConnectionId = select.NullableInt64(11),
                    Request = request is null ? null : RequestHead.Parse(request),
                    Response = response is null ? null : ResponseHead.Parse(response),
                });
            }

            return exchanges;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Which session the file holds.</summary>
    /// <exception cref="SessionFileException">It says none, or is not wholly of this version yet.</exception>
    public SessionInfo Info(string path)
    {
        var info = SessionFile.ReadInfo(_database, path);
        return ContentMove.IsUnfinished(_database)
            ? throw new SessionFileException(
                $"The session file {path} is only half up to date, because MitmWeb was stopped while it worked on it; start mitmweb --session {path} once, which goes on with it.")
            : info;
    }

    /// <summary>What a connection agreed on; null when it is plain or not known.</summary>
    public TlsDetails? ConnectionTls(long id)
    {
        var select = Connection(id);
        try
        {
            return select.Step() ? Tls(select) : null;
        }
        finally
        {
            select.Reset();
        }
    }
}
