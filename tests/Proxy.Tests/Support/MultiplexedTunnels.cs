using System.Collections.Concurrent;
using System.IO.Pipelines;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>A client that speaks HTTP/2 with the proxy itself and opens tunnels in its streams (RFC 9113, section 8.5).</summary>
internal sealed class MultiplexedTunnels(RawPeer peer) : IDisposable
{
    private readonly FramePeer _frames = new(peer.Stream, isServer: false, peer.Socket);
    private readonly ConcurrentDictionary<int, Pipe> _pipes = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _heads = new();
    private readonly SemaphoreSlim _turn = new(1);

    public async Task StartAsync()
    {
        await _frames.StartAsync();
        _ = Task.Run(ReadAsync);
    }

    public async Task<Stream> OpenAsync(int streamId, string authority)
    {
        var head = _heads[streamId] = new TaskCompletionSource<string>();
        var pipe = _pipes[streamId] = new Pipe();
        await SendAsync(() => _frames.HeadersAsync(streamId, false, (":method", "CONNECT"), (":authority", authority)));
        Assert.Equal(":status: 200\n", await head.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        return new Tunnel(this, streamId, pipe.Reader.AsStream());
    }

    public Task EndAsync(int streamId) => SendAsync(() => _frames.DataAsync(streamId, true, ""));

    public void Dispose()
    {
        _frames.Dispose();
        _turn.Dispose();
    }

    private async Task SendAsync(Func<Task> send)
    {
        await _turn.WaitAsync();
        try
        {
            await send();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReadAsync()
    {
        while (await _frames.ReadAsync() is { } frame)
        {
            if (frame.Type == FrameType.Headers)
            {
                _heads[frame.StreamId].TrySetResult(_frames.Decode(frame));
            }
            else if (frame.Type == FrameType.Data)
            {
                await _pipes[frame.StreamId].Writer.WriteAsync(frame.Payload);
            }

            if (frame.StreamId != 0 && (frame.EndsStream || frame.Type == FrameType.ResetStream) && frame.Type is FrameType.Data or FrameType.Headers or FrameType.ResetStream)
            {
                await _pipes[frame.StreamId].Writer.CompleteAsync(frame.Type == FrameType.ResetStream ? new IOException($"reset with {frame.Code}") : null);
            }
        }
    }

    private sealed class Tunnel(MultiplexedTunnels owner, int streamId, Stream incoming) : DuplexStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => incoming.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await owner.SendAsync(() => owner._frames.SendAsync(FrameType.Data, FrameFlags.None, streamId, buffer.ToArray()));

        public override void Flush()
        {
        }
    }
}
