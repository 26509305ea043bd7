using System.Net.Sockets;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http2;

/// <summary>An HTTP/2 connection to a server, with the socket below it; many exchanges share it.</summary>
internal sealed class Http2Channel : IDisposable
{
    private readonly UpstreamChannel _channel;
    private readonly WireReader _reader;
    private readonly Http2Wire _wire;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Http2Channel(UpstreamChannel channel, int maxHeadSize, bool validates, TimeProvider time, Action<Http2Channel> slotFreed)
    {
        _channel = channel;
        _reader = new WireReader(channel.Stream);
        Http2 = new Http2Connection(channel.Connection.Tls is not null, maxHeadSize, time, null)
        {
            ValidatesFields = validates,
            SlotFreed = () => slotFreed(this),
            SettingsReceived = () => _ready.TrySetResult(),
        };
        _wire = new Http2Wire(Http2, _reader, channel.Stream);
    }

    public Http2Connection Http2 { get; }

    public ServerConnection Connection => _channel.Connection;

    public ConnectTimeline Timeline => _channel.Timeline;

    /// <summary>Completes when the server has said how it wants things to be; faulted when it does not speak HTTP/2.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when the connection is closed; never faulted.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs it until it ends; nothing is thrown.</summary>
    public async Task RunAsync()
    {
        _wire.Start();
        if (await _wire.RunAsync(CancellationToken.None))
        {
            await SayGoodbyeAsync();
        }

        _ready.TrySetException(Http2.Failure ?? new IOException("The connection was closed."));
        _ = _ready.Task.Exception;
        _channel.Dispose();
        _reader.Dispose();
        _ended.TrySetResult();
    }

    /// <summary>Ends it, and what runs on it; the server is told that this is no error (RFC 9113, section 6.8).</summary>
    public void Dispose()
    {
        Http2.End(new Http2ConnectionException(Http2ErrorCode.NoError, "MitmWeb has closed the connection."), Http2ErrorCode.NoError);
    }

    private async Task SayGoodbyeAsync()
    {
        try
        {
            await _channel.EndSendingAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The server has closed it already.
        }
    }
}
