using MitmWeb.Proxy.Index;

namespace MitmWeb.Web.Api;

/// <summary>The index by which bodies are searched.</summary>
/// <param name="On">Whether there is one; without it searches read all bodies.</param>
/// <param name="Done">The share of the session that it has taken in, 0 to 1.</param>
/// <param name="SizeBytes">What it takes on the disk.</param>
/// <param name="Problem">Why it does not go on at present, in a plain sentence; null when it does.</param>
public sealed record BodyIndexDto(bool On, double Done, long SizeBytes, string? Problem)
{
    internal static BodyIndexDto From(BodyIndexState state) => new(state.IsOn, Math.Round(state.Done, 3), state.Bytes, state.Problem);
}
