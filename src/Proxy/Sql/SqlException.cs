namespace MitmWeb.Proxy.Sql;

/// <summary>A statement that cannot be run, or was stopped: a sentence for people, and where the statement is wrong.</summary>
public sealed class SqlException : Exception
{
    public SqlException()
        : this("The statement cannot be run.")
    {
    }

    public SqlException(string message)
        : base(message)
    {
    }

    public SqlException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Where it is wrong, in UTF-16 code units from the beginning; null when that is nowhere in particular.</summary>
    public int? Position { get; init; }

    /// <summary>How many UTF-16 code units are wrong there.</summary>
    public int Length { get; init; }

    /// <summary>What was probably meant there; null when nothing is near.</summary>
    public string? Suggestion { get; init; }

    /// <summary>Whether it was stopped because it took too long.</summary>
    public bool TimedOut { get; init; }
}
