using MitmWeb.Proxy.Filters;

namespace MitmWeb.Web.Api;

/// <summary>Why a filter cannot be read.</summary>
/// <param name="Message">One plain sentence.</param>
/// <param name="Position">Where the wrong part begins, in UTF-16 code units (as JavaScript counts).</param>
/// <param name="Length">How long it is; 0 where something is missing.</param>
/// <param name="Expected">What could stand there; may be empty.</param>
/// <param name="Suggestion">What to put in the place of the wrong part; null when nothing is near.</param>
public sealed record FilterErrorDto(string Message, int Position, int Length, string Expected, string? Suggestion)
{
    internal FilterErrorDto(FilterError error)
        : this(error.Message, error.Position, error.Length, error.Expected, error.Suggestion)
    {
    }
}
