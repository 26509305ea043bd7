using System.ComponentModel.DataAnnotations;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Web.Api;

/// <summary>Something that could be written at the cursor.</summary>
/// <param name="Insert">The text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Help">What it matches; may be empty.</param>
/// <param name="Count">How many of the newest flows (or connections) have this value, or null.</param>
public sealed record FilterCompletionDto(
    string Insert, [property: AllowedValues("operator", "field", "value")] string Kind, string Help, long? Count)
{
    internal FilterCompletionDto(FilterCompletion item)
        : this(item.Insert, item.Kind switch { CompletionKind.Operator => "operator", CompletionKind.Field => "field", _ => "value" }, item.Help, item.Count)
    {
    }
}
