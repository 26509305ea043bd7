namespace MitmWeb.Proxy.Storage;

/// <summary>A function of SQL.</summary>
/// <returns>Its answer; null for NULL.</returns>
internal delegate bool? SqlFunction(SqlArguments arguments);
