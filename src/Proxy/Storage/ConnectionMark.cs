using System.Net;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>What the writer remembers of a connection for as long as somebody else holds it.</summary>
internal sealed class ConnectionMark
{
    private object? _tls;
    private IPEndPoint? _remote;
    private IPEndPoint? _local;
    private object? _addresses;
    private (long?, long?, long?) _durations;

    /// <summary>The connection's id in this file; 0 while it has none.</summary>
    public long Id { get; set; }

    /// <summary>The connection's address for the list; null while it has none.</summary>
    public string? Address { get; private set; }

    /// <summary>Whether the row in the file (or in the batch) holds all that is known.</summary>
    public bool Written { get; set; }

    /// <summary>Looks at a client's connection again.</summary>
    public void Update(ClientConnection connection)
    {
        if (_remote is null || !ReferenceEquals(_tls, connection.Tls))
        {
            (_remote, _tls, Written) = (connection.RemoteEndPoint, connection.Tls, false);
            Address ??= EndPointText.Write(connection.RemoteEndPoint);
        }
    }

    /// <summary>Looks at a server's connection again.</summary>
    public void Update(ServerConnection connection)
    {
        var durations = (connection.DnsDuration, connection.ConnectDuration, connection.TlsDuration);
        if (ReferenceEquals(_remote, connection.RemoteEndPoint) && ReferenceEquals(_local, connection.LocalEndPoint)
            && ReferenceEquals(_tls, connection.Tls) && ReferenceEquals(_addresses, connection.Addresses) && _durations == durations)
        {
            return;
        }

        if (!ReferenceEquals(_remote, connection.RemoteEndPoint))
        {
            Address = connection.RemoteEndPoint is { } endPoint ? EndPointText.Write(endPoint) : null;
        }

        (_remote, _local, _tls, _addresses, _durations) =
            (connection.RemoteEndPoint, connection.LocalEndPoint, connection.Tls, connection.Addresses, durations);
        Written = false;
    }
}
