using System.Buffers;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>Looks for a ClientHello in what a client sends through a tunnel, to tell the server name and the client's kind of a connection
/// that is passed on unread.</summary>
internal sealed class HelloGlimpse(ClientConnection connection)
{
    private readonly ArrayBufferWriter<byte> _seen = new();
    private bool _isOver = connection.Tls is not null;

    /// <summary>Looks at the next bytes.</summary>
    /// <returns>Whether the hello is whole now; it has been noted with the connection.</returns>
    public bool Read(ReadOnlySpan<byte> data)
    {
        if (_isOver)
        {
            return false;
        }

        _seen.Write(data[..Math.Min(data.Length, ClientHello.MaxLength)]);
        var result = ClientHello.Read(_seen.WrittenSpan, out var hello);
        _isOver = result != ClientHelloResult.Incomplete || _seen.WrittenCount > ClientHello.MaxLength;
        if (result != ClientHelloResult.Complete)
        {
            return false;
        }

        connection.Tls = hello!.Describe();
        return true;
    }
}
