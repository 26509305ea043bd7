namespace MitmWeb.Proxy.Filters;

/// <summary>Why a filter cannot be read, and where.</summary>
/// <param name="Position">Where the wrong part begins, in UTF-16 code units from the start of the text.</param>
/// <param name="Length">How long it is; 0 where something is missing.</param>
/// <param name="Message">One plain sentence.</param>
/// <param name="Expected">What could stand there, in a few words; may be empty.</param>
/// <param name="Suggestion">What to put in the place of the wrong part, or null when nothing is near.</param>
public sealed record FilterError(int Position, int Length, string Message, string Expected = "", string? Suggestion = null);
