namespace MitmWeb.Web.Hubs;

/// <summary>Which rows of its view a tab wants to hold.</summary>
/// <param name="View">The view that it is meant for, as the tab named it.</param>
/// <param name="Number">Counts the tab's requests; the messages that follow say which one they answer.</param>
/// <param name="Start">The position of the first row, as the tab knows the positions.</param>
/// <param name="Count">How many rows, at most 500.</param>
/// <param name="Follow">Whether the window stays at the end of the list when flows are added there.</param>
/// <param name="Anchor">A flow that is to stay where it is on the screen: the window moves with it when others come before it. Null: the window
/// stays at its position.</param>
/// <param name="AnchorAt">The anchor's position, as the tab knows it.</param>
/// <param name="Watched">A flow whose changes the tab wants to hear of, whether it matches or not.</param>
/// <param name="Headers">Headers whose values the rows are to have, as <c>request.user-agent</c> or <c>response.x-cache</c>; eight at most. Null for none.</param>
public sealed record WindowRequest(string View, long Number, long Start, int Count, bool Follow, long? Anchor, long AnchorAt, long? Watched, IReadOnlyList<string>? Headers = null);
