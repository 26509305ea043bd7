namespace MitmWeb.Web.Api;

/// <summary>What to do something to.</summary>
/// <param name="Session">The session, by its key.</param>
/// <param name="Name">The new name, where one is needed; null for one that is made of the time.</param>
public sealed record SessionRequest(string? Session, string? Name);
