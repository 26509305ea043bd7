namespace MitmWeb.Proxy.Sql;

/// <summary>What running a statement came to.</summary>
/// <param name="Rows">How many rows were given.</param>
/// <param name="Cut">Which limit left rows out.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SqlOutcome(long Rows, SqlCut Cut, TimeSpan Elapsed);
