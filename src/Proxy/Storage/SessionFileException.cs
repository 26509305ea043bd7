namespace MitmWeb.Proxy.Storage;

/// <summary>A session file cannot be used. The message is one plain sentence for people: which file, why, and what to do about it.</summary>
public sealed class SessionFileException : IOException
{
    public SessionFileException()
    {
    }

    public SessionFileException(string message)
        : base(message)
    {
    }

    public SessionFileException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
