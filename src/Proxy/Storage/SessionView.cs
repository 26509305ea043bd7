using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>A session to read from one end to the other, also while a MitmWeb (this one or another) writes it. It changes nothing.
/// What is asked for together is from one moment; from one question to the next the session may grow.</summary>
public sealed class SessionView : IDisposable
{
    private readonly ReaderPool _readers;
    private readonly bool _ownsReaders;

    internal SessionView(ReaderPool readers, SessionInfo session, bool ownsReaders)
    {
        _readers = readers;
        _ownsReaders = ownsReaders;
        Session = session;
    }

    /// <summary>Which session this is.</summary>
    public SessionInfo Session { get; }

    /// <summary>Opens a session file.</summary>
    /// <exception cref="SessionFileException">There is none, it is not a session, is damaged, of another version, or cannot be read.</exception>
    public static SessionView Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        var (readers, session) = SessionFile.OpenToRead(path);
        return new SessionView(readers, session, ownsReaders: true);
    }

    /// <summary>The last change.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long Seq => _readers.Use(reader => reader.Stats()).Progress.Seq;

    /// <summary>The flows after an id, in the order of their ids; fewer than asked for when there are no more.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<StoredExchange> ExchangesAfter(long id, int limit, CancellationToken cancellationToken = default) =>
        _readers.Use(reader => reader.ExchangesAfter(id, limit), cancellationToken);

    /// <summary>What a connection agreed on; null when it is plain or not known.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TlsDetails? ConnectionTls(long id) => _readers.Use(reader => reader.ConnectionTls(id));

    /// <summary>The beginning of a body.</summary>
    /// <param name="id">The flow.</param>
    /// <param name="side">Which of its bodies.</param>
    /// <param name="limit">The most bytes to give.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] ReadBody(long id, MessageSide side, int limit) => _readers.Use(reader =>
    {
        if (reader.Body(id, side) is not var (length, inline, _))
        {
            return [];
        }

        var bytes = new byte[(int)Math.Min(length, limit)];
        var read = 0;
        while (read < bytes.Length && reader.ReadBody(id, side, inline, read, bytes.AsSpan(read)) is var count and > 0)
        {
            read += count;
        }

        return read == bytes.Length ? bytes : bytes[..read];
    });

    public void Dispose()
    {
        if (_ownsReaders)
        {
            _readers.Dispose();
        }
    }
}
