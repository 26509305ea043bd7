namespace MitmWeb.Proxy.Filters;

/// <summary>A filter with a name, which other filters use as <c>view:name</c>.</summary>
/// <param name="Name">Its name; case does not count.</param>
/// <param name="Filter">What it stands for.</param>
public sealed record SavedView(string Name, string Filter)
{
    /// <summary>The longest name.</summary>
    public const int MaxName = 60;

    /// <summary>What is wrong with a name, in a sentence; null when nothing is.</summary>
    public static string? CheckName(string? name) => name switch
    {
        null or "" => "A view needs a name.",
        { Length: > MaxName } => $"The name of a view has at most {MaxName} characters.",
        _ when name != name.Trim() => "The name of a view does not begin or end with a space.",
        _ when name.Any(c => char.IsControl(c) || c is '"' or '\'' or '\\' or '/') => "The name of a view has no quotes, slashes and control characters.",
        _ => null,
    };
}
