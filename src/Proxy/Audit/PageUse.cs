namespace MitmWeb.Proxy.Audit;

/// <summary>What a page does with an address. The first two are the kinds of mixed content (W3C Mixed Content, sections 3.1 and 3.2).</summary>
internal enum PageUse
{
    /// <summary>Loads something that can change the page: a script, a style sheet, a frame.</summary>
    Active,

    /// <summary>Loads something to show: an image, sound, a film.</summary>
    Passive,

    /// <summary>Submits a form to it.</summary>
    Form,

    /// <summary>Links to it.</summary>
    Link,
}
