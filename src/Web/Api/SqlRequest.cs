namespace MitmWeb.Web.Api;

/// <summary>A statement to run.</summary>
/// <param name="Sql">The statement: one SELECT over the views of <c>GET /api/sql</c>.</param>
/// <param name="Limit">The most rows to give, at most 10 000; 1000 when null or absent.</param>
/// <param name="TimeoutMs">How long it may run, in milliseconds, at most 120 000; 10 000 when null or absent.</param>
public sealed record SqlRequest(string? Sql, int? Limit = null, int? TimeoutMs = null);
