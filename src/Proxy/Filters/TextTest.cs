namespace MitmWeb.Proxy.Filters;

/// <summary>How a text is tested. Case of the letters A to Z does not matter, but for <see cref="Regex"/>.</summary>
public enum TextTest
{
    /// <summary>The value is part of the text.</summary>
    Contains,

    /// <summary>The value is the whole text.</summary>
    Equal,

    /// <summary>The value is not the whole text (of any of the texts).</summary>
    NotEqual,

    /// <summary>The regular expression is found in the text, in this very case.</summary>
    Regex,

    /// <summary>The regular expression is found in the text; case does not matter.</summary>
    RegexIgnoringCase,

    /// <summary>The value is part of the text as it stands, or is found in it as a regular expression: a bare word, which people who know
    /// mitmproxy mean as the one and people who paste an address as the other.</summary>
    ContainsOrRegex,
}
