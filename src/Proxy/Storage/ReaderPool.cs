using System.Collections.Concurrent;

namespace MitmWeb.Proxy.Storage;

/// <summary>Connections that read, each for one thread at a time. Readers never wait for the writer, nor it for them (WAL).</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<SessionReader> _idle = [];
    private volatile bool _disposed;

    /// <summary>Runs something on a connection of its own.</summary>
    /// <param name="read">What to read.</param>
    /// <param name="cancellationToken">Stops SQLite in the middle of a statement.</param>
    public T Use<T>(Func<SessionReader, T> read, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(FlowStore));
        cancellationToken.ThrowIfCancellationRequested();
        var reader = _idle.TryTake(out var idle) ? idle : new SessionReader(path);
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
            throw new IOException(SessionFile.Describe(path, e), e);
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

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }
}
