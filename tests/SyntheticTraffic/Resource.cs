namespace MitmWeb.SyntheticTraffic;

/// <summary>What is asked for.</summary>
/// <param name="Method">How.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Content">What it holds.</param>
internal sealed record Resource(string Method, string Path, ContentKind Content);
