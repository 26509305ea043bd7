namespace MitmWeb.Proxy.Audit;

/// <summary>A start tag of a page.</summary>
/// <param name="Name">Its name in lower case.</param>
/// <param name="Attributes">Its attributes, names in lower case; of several with one name the first.</param>
internal sealed record HtmlTag(string Name, IReadOnlyDictionary<string, string> Attributes)
{
    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);
}
