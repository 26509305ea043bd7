namespace MitmWeb.Proxy.Content;

/// <summary>What to find in a body.</summary>
/// <param name="Text">The text, or the regular expression (of .NET; ^ and $ are a line's).</param>
/// <param name="IsRegex">Whether it is one.</param>
/// <param name="MatchCase">Whether capitals matter.</param>
/// <param name="Charset">How the body's bytes are text: <c>utf-8</c>, <c>utf-16le</c> or <c>utf-16be</c>; anything else is read as Latin-1, in which the
/// letters of ASCII are what they are in all others.</param>
public sealed record BodySearchQuery(string Text, bool IsRegex, bool MatchCase, string Charset);
