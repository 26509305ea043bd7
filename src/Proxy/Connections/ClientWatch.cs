using System.Buffers;
using System.Net.Sockets;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// What <see cref="ClientWatches"/> looks after on one client's connection: whether what is expected from the client comes in time, and
/// whether the client is still there while nobody reads from it. Setting it costs a write to memory; the looking is done once a second.
/// </summary>
internal sealed class ClientWatch : IDisposable
{
    private const long Never = long.MaxValue;
    private const long Passed = long.MinValue;

    private readonly Socket? _socket;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _late;
    private readonly Lock _sendingLock = new();
    private long _deadline = Never;
    private Http1BodySource? _sending;
    private bool _isJudged;

    /// <summary>Makes a watch that expects nothing.</summary>
    /// <param name="socket">The client's socket; null where several share one, and its end is noticed elsewhere.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gone">Cancelled when the client is gone.</param>
    public ClientWatch(Socket? socket, TimeProvider time, CancellationToken gone)
    {
        _socket = socket;
        _time = time;
        _late = CancellationTokenSource.CreateLinkedTokenSource(gone);
    }

    /// <summary>Cancelled when what was expected has not come in time, and when the client is gone.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>Whether something has not come in time. It stays so: a connection does not go on after that.</summary>
    public bool IsLate => Volatile.Read(ref _deadline) == Passed;

    /// <summary>From now on something is expected from the client.</summary>
    /// <param name="limit">How long it may take; null for as long as it wants.</param>
    public void Expect(TimeSpan? limit) => Set(limit is { } time ? _time.GetTimestamp() + (long)(time.TotalSeconds * _time.TimestampFrequency) : Never);

    /// <summary>It has come.</summary>
    public void Relax() => Set(Never);

    /// <summary>A piece of the client's body waits for the server to take it, so that nobody reads from the client.</summary>
    public void BeginSending(Http1BodySource body)
    {
        lock (_sendingLock)
        {
            _sending = body;
        }
    }

    /// <summary>It has been taken. When this returns nobody looks at the body any more.</summary>
    public void EndSending()
    {
        lock (_sendingLock)
        {
            _sending = null;
        }
    }

    /// <summary>Says that what was expected is late, if it is.</summary>
    public void CheckDeadline()
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline != Passed && _time.GetTimestamp() >= deadline && Interlocked.CompareExchange(ref _deadline, Passed, deadline) == deadline)
        {
            Cancel();
        }
    }

    /// <summary>Whether the client has left in the middle of its body, while nobody reads from it.</summary>
    /// <param name="isTls">Whether it speaks TLS.</param>
    public bool HasLeft(bool isTls)
    {
        lock (_sendingLock)
        {
            if (_sending is null || _socket is null)
            {
                return false;
            }

            switch (SocketPeer.Look(_socket))
            {
                case PeerState.Broken:
                    return true;
                case PeerState.Ended when isTls:
                    // TLS clients do not end half of a connection.
                    return true;
                case PeerState.Ended when !_isJudged:
                    // A client may end its side and wait for the answer: then the rest of its body is on its way already, and stays the same.
                    _isJudged = true;
                    return !IsWhole(_sending, _socket);
                default:
                    return false;
            }
        }
    }

    public void Dispose() => _late.Dispose();

    private static bool IsWhole(Http1BodySource body, Socket socket)
    {
        var queued = ArrayPool<byte>.Shared.Rent(Math.Max(socket.Available, 1));
        try
        {
            var count = socket.Available == 0 ? 0 : socket.Receive(queued, SocketFlags.Peek);
            return body.CompletesWith(queued.AsSpan(0, count));
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(queued);
        }
    }

    private void Set(long deadline)
    {
        var before = Volatile.Read(ref _deadline);
        while (before != Passed)
        {
            var seen = Interlocked.CompareExchange(ref _deadline, deadline, before);
            if (seen == before)
            {
                return;
            }

            before = seen;
        }
    }

    private void Cancel()
    {
        try
        {
            // Whoever waits goes on elsewhere, not on the timer's thread.
            _ = _late.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The connection has just ended.
        }
    }
}
