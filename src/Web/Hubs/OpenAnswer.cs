namespace MitmWeb.Web.Hubs;

/// <summary>A view is being made; what is in it comes as messages.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Resumed">Whether the view of before goes on.</param>
/// <param name="Reset">Whether what the tab knows belongs to another session.</param>
public sealed record OpenAnswer(string Session, bool Resumed, bool Reset);
