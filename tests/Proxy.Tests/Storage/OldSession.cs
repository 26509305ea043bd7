using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

/// <summary>Session files as older versions of MitmWeb made them.</summary>
internal static class OldSession
{
    /// <summary>A session of version 1 with one flow in it: GET http://old.test/ with the body "hi" in its response.</summary>
    public static void Create(string path)
    {
        using var database = Database.OpenReadWrite(path);
        database.Execute(
            $"""
             PRAGMA page_size=8192;
             BEGIN;
             PRAGMA application_id={Schema.ApplicationId};
             PRAGMA user_version=1;
             {Version1}
             INSERT INTO session VALUES ('5f3b1d9a0c6e4f2b8a7d6c5e4f3b2a19', 1700000000000000);
             INSERT INTO progress VALUES (1, 1, 1, 2, 0, 0);
             INSERT INTO flow_block VALUES (0, 1);
             INSERT INTO connection (id, side, opened_at, remote_address, local_address, mode) VALUES (1, 0, 1700000000000000, '127.0.0.1:5000', '127.0.0.1:8080', 'regular');
             INSERT INTO connection (id, side, opened_at, remote_address, local_address, host, port, addresses) VALUES (2, 1, 1700000000000000, '127.0.0.1:80', '127.0.0.1:5001', 'old.test', 80, '["127.0.0.1"]');
             INSERT INTO flow VALUES (1, 1, 0, 2, 1700000000000000, 'GET', 'http', 'old.test', 80, '/', 200, 'OK', 'text/plain', 0, 2, 1500, 1000, 'HTTP/1.1', 'HTTP/1.1', '127.0.0.1:5000', '127.0.0.1:80', NULL);
             INSERT INTO content (flow_id, client_connection_id, server_connection_id, server_reused, request_head, response_head, response_body)
             VALUES (1, 1, 2, 0, CAST('GET / HTTP/1.1' || x'0d0a0d0a' AS BLOB), CAST('HTTP/1.1 200 OK' || x'0d0a0d0a' AS BLOB), x'6869');
             COMMIT;
             PRAGMA journal_mode=WAL;
             """);
    }

    /// <summary>A session of version 1 with that many flows, each with a body of its own in both directions.</summary>
    public static void Create(string path, int flows)
    {
        Create(path);
        using var database = Database.OpenReadWrite(path);
        database.Execute(
            $"""
             BEGIN;
             DELETE FROM content;
             DELETE FROM flow;
             WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {flows})
             INSERT INTO flow SELECT n, n, 0, 2, 1700000000000000 + n, 'POST', 'http', 'old.test', 80, '/' || n, 200, 'OK', 'text/plain', 10, 10, 1500, 1000, 'HTTP/1.1', 'HTTP/1.1', '127.0.0.1:5000', '127.0.0.1:80', NULL FROM number;
             INSERT INTO content (flow_id, client_connection_id, server_connection_id, server_reused, request_head, response_head, end, request_body, response_body)
             SELECT id, 1, 2, 0, CAST('POST ' || path || ' HTTP/1.1' || x'0d0a0d0a' AS BLOB), CAST('HTTP/1.1 200 OK' || x'0d0a0d0a' AS BLOB), 7,
               CASE WHEN id % 3 > 0 THEN CAST('sent ' || id AS BLOB) END, CASE WHEN id % 4 > 0 THEN CAST('received ' || id AS BLOB) END FROM flow;
             DELETE FROM flow_block;
             INSERT INTO flow_block SELECT id / 4096, count(*) FROM flow GROUP BY 1;
             UPDATE progress SET seq = {flows}, flows = {flows}, last_flow_id = {flows};
             COMMIT;
             """);
    }

    private const string Version1 =
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
          error TEXT
        );
        CREATE UNIQUE INDEX flow_seq ON flow (seq);
        CREATE INDEX flow_running ON flow (id) WHERE state < 2;
        CREATE TABLE flow_block (
          block INTEGER PRIMARY KEY,
          flows INTEGER NOT NULL
        );
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
          request_body BLOB,
          response_body BLOB
        );
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
          certificates TEXT
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
