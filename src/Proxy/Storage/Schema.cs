namespace MitmWeb.Proxy.Storage;

/// <summary>What a session file holds. Described for people in docs/session-file.md; the two must say the same.</summary>
internal static class Schema
{
    /// <summary>"MitW": stands in the file's header and says that it is a session of MitmWeb.</summary>
    public const int ApplicationId = 0x4d697457;

    /// <summary>Rises with each change that an older MitmWeb could not read.</summary>
    public const int Version = 4;

    /// <summary>Flow ids that share one row of <c>flow_block</c>.</summary>
    public const int BlockSize = 4096;

    /// <summary>The columns of <c>flow</c> that come from the traffic, in the order in which they are written.</summary>
    public const string RecordedColumns =
        "id, seq, kind, state, started_at, method, scheme, host, port, path, status, reason, content_type, request_size, response_size, " +
        "duration_us, ttfb_us, http_version, server_http_version, client_address, server_address, error, " +
        "modified_by, host_header, request_content_type";

    /// <summary>The columns of <c>flow</c> in the order in which rows are read: what people noted comes after what was recorded.</summary>
    public const string FlowColumns = RecordedColumns + ", marker, comment, tags, pinned, meta";

    /// <summary>The columns of <c>content</c> in the order in which rows are read and written.</summary>
    public const string ContentColumns =
        "flow_id, client_connection_id, server_connection_id, server_reused, request_head, request_trailers, interim_heads, response_head, " +
        "response_trailers, dns_start, connect_start, connect_end, tls_start, tls_end, send_start, send_end, first_byte, end, " +
        "error_step, error_detail, error_fix, blocked, request_head_wire, request_body_wire, response_head_wire, response_body_wire, " +
        "pass_through_reason";

    /// <summary>The columns of <c>connection</c> in the order in which rows are read and written.</summary>
    public const string ConnectionColumns =
        "id, side, opened_at, remote_address, local_address, mode, host, port, addresses, dns_us, connect_us, tls_us, " +
        "tls_version, cipher_suite, alpn, alpn_offered, sni, certificate_error, certificates, " +
        "key_exchange_group, resumed, hello_retried, client_hello, server_hello, ocsp_staple, client_alert, server_alert, verification, ja3, ja4, " +
        "client_certificate";

    /// <summary>What <c>flow</c> holds, and <c>deleted_flow</c> as well.</summary>
    private const string FlowTable =
        """
          id INTEGER PRIMARY KEY,
          seq INTEGER NOT NULL,
          kind INTEGER NOT NULL,
          state INTEGER NOT NULL,
          started_at INTEGER NOT NULL,
          method TEXT NOT NULL,
          scheme TEXT NOT NULL,
          host TEXT NOT NULL,
          port INTEGER NOT NULL,
          path TEXT NOT NULL,
          status INTEGER,
          reason TEXT,
          content_type TEXT,
          request_size INTEGER NOT NULL,
          response_size INTEGER NOT NULL,
          duration_us INTEGER,
          ttfb_us INTEGER,
          http_version TEXT,
          server_http_version TEXT,
          client_address TEXT NOT NULL,
          server_address TEXT,
          error TEXT,
          modified_by TEXT,
          host_header TEXT,
          request_content_type TEXT,
          marker TEXT,
          comment TEXT,
          tags TEXT,
          pinned INTEGER NOT NULL DEFAULT 0,
          meta TEXT
        """;

    /// <summary>What was deleted and can still be brought back: rows of <c>flow</c>, and which of them went together.</summary>
    public const string CreateDeletions =
        """
        CREATE TABLE deletion (
          id INTEGER PRIMARY KEY,
          deleted_at INTEGER NOT NULL,
          flows INTEGER NOT NULL,
          is_table INTEGER NOT NULL,
          last_connection_id INTEGER NOT NULL
        );
        CREATE TABLE deleted_flow (

        """ + FlowTable +
        """
        ,
          deletion INTEGER NOT NULL
        );
        CREATE INDEX deleted_flow_deletion ON deleted_flow (deletion);

        """;

    /// <summary>What a flow holds besides: heads and all that is small apart from the bodies, so that searching the heads reads no bodies. The indexes
    /// tell whether a connection still has flows when old ones are removed.</summary>
    public const string CreateContent =
        """
        CREATE TABLE content (
          flow_id INTEGER PRIMARY KEY,
          client_connection_id INTEGER NOT NULL,
          server_connection_id INTEGER,
          server_reused INTEGER NOT NULL,
          request_head BLOB,
          request_trailers BLOB,
          interim_heads BLOB,
          response_head BLOB,
          response_trailers BLOB,
          dns_start INTEGER,
          connect_start INTEGER,
          connect_end INTEGER,
          tls_start INTEGER,
          tls_end INTEGER,
          send_start INTEGER,
          send_end INTEGER,
          first_byte INTEGER,
          end INTEGER,
          error_step TEXT,
          error_detail TEXT,
          error_fix TEXT,
          blocked INTEGER,
          request_head_wire INTEGER,
          request_body_wire INTEGER,
          response_head_wire INTEGER,
          response_body_wire INTEGER,
          pass_through_reason TEXT
        );
        CREATE INDEX content_client ON content (client_connection_id);
        CREATE INDEX content_server ON content (server_connection_id) WHERE server_connection_id IS NOT NULL;
        CREATE TABLE body (
          flow_id INTEGER PRIMARY KEY,
          request_body BLOB,
          response_body BLOB
        );

        """;

    /// <summary>The columns of <c>flow</c> that most filters look at, in the order of the ids. It is read from one end to the other in place of the
    /// table, of whose size it is a third, and new flows come at its end.</summary>
    public const string CreateList =
        """
        CREATE INDEX flow_list ON flow (id, kind, state, started_at, method, host, status, content_type, request_content_type, host_header, error);
        """;

    public const string Create = CreateDeletions +
        """
        CREATE TABLE session (
          id TEXT NOT NULL,
          created_at INTEGER NOT NULL
        );
        CREATE TABLE progress (
          seq INTEGER NOT NULL,
          flows INTEGER NOT NULL,
          last_flow_id INTEGER NOT NULL,
          last_connection_id INTEGER NOT NULL,
          cleared_seq INTEGER NOT NULL,
          cleared_flow_id INTEGER NOT NULL
        );
        CREATE TABLE flow (

        """ + FlowTable +
        """

        );
        CREATE UNIQUE INDEX flow_seq ON flow (seq);
        CREATE INDEX flow_running ON flow (id) WHERE state < 2;
        CREATE TABLE flow_block (
          block INTEGER PRIMARY KEY,
          flows INTEGER NOT NULL
        );

        """ + CreateContent + CreateList +
        """

        CREATE TABLE body_chunk (
          id INTEGER PRIMARY KEY,
          flow_id INTEGER NOT NULL,
          side INTEGER NOT NULL,
          start INTEGER NOT NULL,
          length INTEGER NOT NULL,
          data BLOB NOT NULL
        );
        CREATE UNIQUE INDEX body_chunk_position ON body_chunk (flow_id, side, start, length);
        CREATE TABLE connection (
          id INTEGER PRIMARY KEY,
          side INTEGER NOT NULL,
          opened_at INTEGER NOT NULL,
          remote_address TEXT,
          local_address TEXT,
          mode TEXT,
          host TEXT,
          port INTEGER,
          addresses TEXT,
          dns_us INTEGER,
          connect_us INTEGER,
          tls_us INTEGER,
          tls_version TEXT,
          cipher_suite TEXT,
          alpn TEXT,
          alpn_offered TEXT,
          sni TEXT,
          certificate_error TEXT,
          certificates TEXT,
          key_exchange_group TEXT,
          resumed INTEGER,
          hello_retried INTEGER,
          client_hello BLOB,
          server_hello BLOB,
          ocsp_staple BLOB,
          client_alert TEXT,
          server_alert TEXT,
          verification TEXT,
          ja3 TEXT,
          ja4 TEXT,
          client_certificate TEXT
        );
        CREATE TABLE certificate (
          sha256 TEXT PRIMARY KEY,
          der BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE removal (
          seq INTEGER PRIMARY KEY,
          flow_id INTEGER NOT NULL
        );
        """;
}
