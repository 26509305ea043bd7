namespace MitmWeb.Web.Hubs;

/// <summary>What a tab shows of the session's outline.</summary>
/// <param name="Paths">The hosts and paths that are open in the tree, at most 100: <c>api.example.com</c> or <c>api.example.com/v1</c>.</param>
public sealed record OutlineRequest(IReadOnlyList<string> Paths);
