namespace MitmWeb.Web.Api;

/// <summary>Some flows.</summary>
/// <param name="Ids">Their ids.</param>
public sealed record FlowIdsRequest(IReadOnlyList<long>? Ids);
