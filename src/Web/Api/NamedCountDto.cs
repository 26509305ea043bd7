namespace MitmWeb.Web.Api;

/// <summary>How many flows have something in common.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Flows">How many.</param>
public sealed record NamedCountDto(string Name, long Flows);
