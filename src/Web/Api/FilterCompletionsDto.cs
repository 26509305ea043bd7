namespace MitmWeb.Web.Api;

/// <summary>What could be written at the cursor.</summary>
/// <param name="Start">Where the part begins that an item replaces.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Items">The items, the likeliest first.</param>
public sealed record FilterCompletionsDto(int Start, int Length, FilterCompletionDto[] Items);
