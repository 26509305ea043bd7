namespace MitmWeb.Proxy.Filters;

/// <summary>A field of the language, described for the parser, the completions, the help sheet and the documentation alike.</summary>
/// <param name="Field">Which one.</param>
/// <param name="Name">How it is written.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="Phrase">What it is in a sentence: "the host".</param>
/// <param name="Help">What it matches.</param>
/// <param name="Example">A filter with it.</param>
/// <param name="Named">Whether a name may or must follow it after a dot.</param>
/// <param name="NeedsContent">Whether heads, bodies or connections must be looked at, and not only the list's row.</param>
/// <param name="Missing">Why no flow has such a text yet; null when flows have.</param>
public sealed record FilterFieldInfo(
    FilterField Field,
    string Name,
    FieldKind Kind,
    string Phrase,
    string Help,
    string Example,
    FieldName Named = FieldName.None,
    bool NeedsContent = false,
    string? Missing = null);
