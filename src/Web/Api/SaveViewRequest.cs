namespace MitmWeb.Web.Api;

/// <summary>What to save as a view.</summary>
/// <param name="Filter">What it stands for.</param>
/// <param name="NewName">What it is called from now on; null or absent to leave the name.</param>
public sealed record SaveViewRequest(string? Filter, string? NewName);
