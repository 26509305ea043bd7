namespace MitmWeb.Proxy.Sql;

/// <summary>A function that statements may call besides SQLite's own.</summary>
/// <param name="Call">How it is called.</param>
/// <param name="Help">What it gives.</param>
public sealed record SqlFunctionInfo(string Call, string Help);
