namespace MitmWeb.Web.Hubs;

/// <summary>The view that a tab wants: a filter and an order. It takes the place of the tab's view before.</summary>
/// <param name="View">The tab's name for it, random and unlike any other; the same again after the connection broke, to go on with it.</param>
/// <param name="Filter">A filter in the filter language; empty for all flows.</param>
/// <param name="Sort">The column to sort by, <c>-</c> before it for descending; <c>id</c> when empty.</param>
/// <param name="Window">The rows to begin with.</param>
/// <param name="Since">The greatest <c>seq</c> that the tab has seen; null for a new beginning.</param>
/// <param name="Session">The session that <paramref name="Since"/> belongs to.</param>
public sealed record OpenRequest(string View, string? Filter, string? Sort, WindowRequest Window, long? Since, string? Session);
