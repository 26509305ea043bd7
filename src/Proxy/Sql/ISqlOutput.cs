namespace MitmWeb.Proxy.Sql;

/// <summary>Where the rows of an answer go: first <see cref="Begin"/>, then each row, then <see cref="End"/>.</summary>
public interface ISqlOutput
{
    /// <summary>Takes the names of the columns; two may be the same.</summary>
    void Begin(IReadOnlyList<string> columns);

    /// <summary>Takes a row, which is valid until the call returns.</summary>
    void Add(SqlRow row);

    /// <summary>There are no more rows. It is not called when the statement fails or is stopped.</summary>
    void End(SqlOutcome outcome);
}
