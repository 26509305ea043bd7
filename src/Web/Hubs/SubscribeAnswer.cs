namespace MitmWeb.Web.Hubs;

/// <summary>Where a subscription begins.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Seq">The greatest change number at that moment: everything after it will be pushed.</param>
/// <param name="Total">How many flows match.</param>
/// <param name="Reset">Whether what was missed cannot be told, so that the client must load anew.</param>
public sealed record SubscribeAnswer(string Session, long Seq, long Total, bool Reset);
