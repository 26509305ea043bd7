using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The server connections that belong to one client connection. Where the server authenticates the connection instead of each request
/// (NTLM and Negotiate, RFC 4559, section 6), another client's request over it would run under the wrong name: such a connection is never
/// shared. With <see cref="ProxyOptions.UpstreamPerClient"/> none is.
/// </summary>
internal sealed class ClientAffinity(ProxyOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, Stack<Http1Channel>> _own = [];
    private bool _isDisposed;

    /// <summary>Whether the exchange's connection is this client's from now on.</summary>
    public bool Claims(RequestHead request, ResponseHead response) =>
        options.UpstreamPerClient || Authenticates(request.Headers, "Authorization"u8) || Authenticates(response.Headers, "WWW-Authenticate"u8);

    /// <summary>A connection of this client's own to that server, or null.</summary>
    public Http1Channel? Take(Destination destination)
    {
        lock (_lock)
        {
            if (_own.TryGetValue(destination, out var stack))
            {
                while (stack.TryPop(out var channel))
                {
                    if (!channel.IsStale)
                    {
                        return channel;
                    }

                    channel.Dispose();
                }
            }
        }

        return null;
    }

    /// <summary>Keeps a connection for this client's next exchange with that server.</summary>
    public void Keep(Destination destination, Http1Channel channel)
    {
        channel.IsOwned = true;
        lock (_lock)
        {
            if (!_isDisposed)
            {
                if (!_own.TryGetValue(destination, out var stack))
                {
                    _own.Add(destination, stack = new Stack<Http1Channel>());
                }

                stack.Push(channel);
                return;
            }
        }

        channel.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var channel in _own.Values.SelectMany(static stack => stack))
            {
                channel.Dispose();
            }

            _own.Clear();
        }
    }

    private static bool Authenticates(HeaderList headers, ReadOnlySpan<byte> name)
    {
        for (var i = headers.IndexOf(name); i >= 0; i = headers.IndexOf(name, i + 1))
        {
            var value = headers.ValueBytes(i);
            if (Begins(value, "NTLM"u8) || Begins(value, "Negotiate"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Begins(ReadOnlySpan<byte> value, ReadOnlySpan<byte> scheme) =>
        value.Length >= scheme.Length
        && System.Text.Ascii.EqualsIgnoreCase(value[..scheme.Length], scheme)
        && (value.Length == scheme.Length || value[scheme.Length] is (byte)' ' or (byte)',');
}
