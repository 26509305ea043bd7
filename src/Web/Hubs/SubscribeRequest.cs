namespace MitmWeb.Web.Hubs;

/// <summary>What a client wants to be told.</summary>
/// <param name="Filter">A filter in the filter language; empty for all flows.</param>
/// <param name="Since">The greatest <c>seq</c> that the client has seen, to be told what it missed; null for a new beginning.</param>
/// <param name="Session">The session that <paramref name="Since"/> belongs to.</param>
public sealed record SubscribeRequest(string? Filter, long? Since, string? Session);
