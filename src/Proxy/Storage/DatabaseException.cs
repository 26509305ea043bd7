namespace MitmWeb.Proxy.Storage;

/// <summary>SQLite refused something.</summary>
internal sealed class DatabaseException(int code, string message) : Exception(message)
{
    /// <summary>SQLite's extended result code (https://www.sqlite.org/rescode.html).</summary>
    public int Code { get; } = code;

    /// <summary>SQLite's primary result code.</summary>
    public int PrimaryCode => Code & 0xff;
}
