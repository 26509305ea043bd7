using System.Diagnostics.CodeAnalysis;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// The input and output of an <see cref="Http2Connection"/>: one loop reads, and one at a time writes. What streams hand over while a
/// write is under way, or before a thread is free to begin one, goes out together with the next.
/// </summary>
[SuppressMessage("Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "The writer may outlive the reader and still cancel; a source without a timer holds nothing.")]
internal sealed class Http2Wire(Http2Connection connection, WireReader reader, Stream stream) : IThreadPoolWorkItem
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopReading = new();
    private readonly TaskCompletionSource _farewell = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PooledBuffer _buffer = new(16 * 1024);
    private int _isWriting;
    private bool _isBroken;

    /// <summary>Begins the connection.</summary>
    public void Start() => connection.Start(Wake);

    /// <summary>Runs the connection until it is over. Nothing is thrown; afterwards nobody reads or writes any more.</summary>
    /// <returns>Whether everything that was to be sent has been sent.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopReading.Token);
        try
        {
            while (true)
            {
                reader.Consume(connection.Receive(reader.BufferedSpan));
                if (connection.IsOver)
                {
                    break;
                }

                if (await reader.FillAsync(stop.Token) == 0)
                {
                    connection.End(new Http2ConnectionException(Http2ErrorCode.NoError, "The connection was closed."));
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The peer is told that this is no error (RFC 9113, section 6.8).
            connection.End(new Http2ConnectionException(Http2ErrorCode.NoError, "MitmWeb was stopped."), Http2ErrorCode.NoError);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            connection.End(new Http2ConnectionException(Http2ErrorCode.NoError, exception.InnerException?.Message ?? exception.Message, exception));
        }
        catch (Exception exception)
        {
            // A fault in MitmWeb: nobody is to wait for ever because of it.
            connection.End(exception, Http2ErrorCode.InternalError);
        }

        // The last words: GOAWAY says why.
        Wake();
        try
        {
            await _farewell.Task.WaitAsync(FarewellLimit, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            return false; // The peer does not read. Its buffers are left to whoever still writes.
        }

        if (!_isBroken)
        {
            connection.ReleaseBuffers();
            _buffer.Release();
        }

        return !_isBroken;
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private void Wake()
    {
        if (Interlocked.CompareExchange(ref _isWriting, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            do
            {
                while (connection.TakeOutput(ref _buffer))
                {
                    await stream.WriteAsync(_buffer.Memory);
                }

                if (connection.IsOver)
                {
                    await _stopReading.CancelAsync();
                    _farewell.TrySetResult();
                    return; // Nobody writes after this.
                }

                Volatile.Write(ref _isWriting, 0);
            }
            while ((connection.HasOutput || connection.IsOver) && Interlocked.CompareExchange(ref _isWriting, 1, 0) == 0);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            _isBroken = true;
            connection.End(new Http2ConnectionException(Http2ErrorCode.NoError, exception.InnerException?.Message ?? exception.Message, exception));
            await _stopReading.CancelAsync();
            _farewell.TrySetResult();
        }
    }
}
