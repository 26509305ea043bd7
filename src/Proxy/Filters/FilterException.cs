namespace MitmWeb.Proxy.Filters;

/// <summary>A filter that could be read cannot be applied: its regular expression takes too long. The message is a sentence for people.</summary>
public sealed class FilterException : Exception
{
    public FilterException()
    {
    }

    public FilterException(string message)
        : base(message)
    {
    }

    public FilterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
