namespace MitmWeb.Proxy.Connections;

/// <summary>What the platform says about a failure, for those who want it.</summary>
internal static class ExceptionDetail
{
    /// <summary>All messages of the chain; the innermost, which is OpenSSL's or the system's own word, comes last.</summary>
    public static string Of(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message} {Of(inner)}" : exception.Message;
}
