namespace MitmWeb.Proxy.Content;

/// <summary>Encoded data would become far more than anybody means to send.</summary>
public sealed class DecompressionBombException : IOException
{
    /// <inheritdoc />
    public DecompressionBombException()
    {
    }

    /// <inheritdoc />
    public DecompressionBombException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public DecompressionBombException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
