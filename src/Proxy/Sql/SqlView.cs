namespace MitmWeb.Proxy.Sql;

/// <summary>A view that statements read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Help">What a row of it is.</param>
/// <param name="Columns">Its columns, in their order.</param>
/// <param name="Query">The SELECT that it stands for.</param>
public sealed record SqlView(string Name, string Help, IReadOnlyList<SqlColumn> Columns, string Query);
