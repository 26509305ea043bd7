namespace MitmWeb.Web.Api;

/// <summary>How many flows something was done to.</summary>
/// <param name="Flows">Their number.</param>
public sealed record FlowCountDto(long Flows);
