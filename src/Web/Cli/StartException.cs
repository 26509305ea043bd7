namespace MitmWeb.Web.Cli;

/// <summary>MitmWeb cannot start, for a reason that the user can do something about. The message is one line in plain words:
/// what is wrong and what to do. It is printed as it is, without a stack trace.</summary>
public sealed class StartException : Exception
{
    public StartException(string message)
        : base(message)
    {
    }

    public StartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public StartException()
    {
    }

    /// <summary>Passes on what a part of MitmWeb says in a sentence of its own.</summary>
    internal static StartException From(Exception exception) =>
        new(char.ToLowerInvariant(exception.Message[0]) + exception.Message[1..].TrimEnd('.'), exception);
}
