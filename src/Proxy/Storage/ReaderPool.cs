using System.Collections.Concurrent;

namespace MitmWeb.Proxy.Storage;

/// <summary>Connections that read, each for one thread at a time. Readers never wait for the writer, nor it for them (WAL).</summary>
internal sealed class ReaderPool : IDisposable
{
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<SessionReader> _idle = [];

    /// <summary>Held to read while a connection is in use; who uses one may use another. Never disposed: somebody may still let go of it.</summary>
    private readonly ReaderWriterLockSlim _gate = new(LockRecursionPolicy.SupportsRecursion);

    private string _path;
    private volatile bool _disposed;

    public ReaderPool(string path) => _path = path;

    /// <summary>Runs something on a connection of its own.</summary>
    /// <param name="read">What to read.</param>
    /// <param name="cancellationToken">Stops SQLite in the middle of a statement.</param>
    public T Use<T>(Func<SessionReader, T> read, CancellationToken cancellationToken = default)
    {
        _gate.EnterReadLock();
        try
        {
            return UseOne(read, cancellationToken);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Waits until nobody reads, closes all connections, and keeps new ones from being opened meanwhile.</summary>
    /// <param name="patience">How long to wait.</param>
    /// <param name="work">What is done then; it gives the path of the session's file.</param>
    /// <returns>Whether it was done; not when somebody reads for longer.</returns>
    public bool TryWhileClosed(TimeSpan patience, Func<string> work)
    {
        if (!_gate.TryEnterWriteLock(patience))
        {
            return false;
        }

        try
        {
            CloseIdle();
            _path = work();
            return true;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private T UseOne<T>(Func<SessionReader, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(FlowStore));
        cancellationToken.ThrowIfCancellationRequested();
        var reader = _idle.TryTake(out var idle) ? idle : new SessionReader(_path);
        var healthy = false;
        try
        {
            using (cancellationToken.UnsafeRegister(static state => ((SessionReader)state!).Interrupt(), reader))
            {
                var result = read(reader);
                healthy = true;
                return result;
            }
        }
        catch (DatabaseException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(SessionFile.Describe(_path, e), e);
        }
        finally
        {
            // One that failed may have a statement or a transaction open: a new one costs less than finding out.
            if (healthy && !_disposed && _idle.Count < MaxIdle)
            {
                _idle.Add(reader);
            }
            else
            {
                reader.Dispose();
            }
        }
    }
}
