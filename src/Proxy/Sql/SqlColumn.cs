namespace MitmWeb.Proxy.Sql;

/// <summary>A column of a view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds: <c>integer</c>, <c>real</c>, <c>text</c> or <c>blob</c>.</param>
/// <param name="Help">What that means.</param>
public sealed record SqlColumn(string Name, string Type, string Help);
