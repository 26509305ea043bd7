using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>A client's plaintext as a connection for Kestrel.</summary>
internal sealed class StreamConnection : ConnectionContext
{
    private static readonly StreamPipeReaderOptions ReadOptions = new(bufferSize: 16 * 1024, minimumReadSize: 4096, leaveOpen: true);
    private static readonly StreamPipeWriterOptions WriteOptions = new(minimumBufferSize: 16 * 1024, leaveOpen: true);

    private readonly ClientTransport _transport;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamConnection(ClientTransport transport, Http2Peer peer)
    {
        _transport = transport;
        var stream = transport.WholeStream;
        Transport = new Pipes(PipeReader.Create(stream, ReadOptions), PipeWriter.Create(stream, WriteOptions));
        Features.Set(peer);
        LocalEndPoint = transport.Connection.LocalEndPoint;
        RemoteEndPoint = transport.Connection.RemoteEndPoint;
        ConnectionClosed = transport.Gone;
    }

    /// <summary>Completes when Kestrel is done with the connection.</summary>
    public Task Ended => _ended.Task;

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override void Abort(ConnectionAbortedException abortReason) => _transport.Reset();

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await base.DisposeAsync();
        _ended.TrySetResult();
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
