namespace MitmWeb.Proxy.Filters;

/// <summary>The names of the functions that a filter's SQL calls; the connections that read have them.</summary>
internal static class FilterFunctions
{
    /// <summary>(number of the test, text) → 0 or 1, NULL for NULL.</summary>
    public const string Text = "filter_text";

    /// <summary>(number of the test, id of the flow) → 0 or 1.</summary>
    public const string Content = "filter_content";
}
