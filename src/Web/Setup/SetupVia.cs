namespace MitmWeb.Web.Setup;

/// <summary>How somebody came to the set-up page, which tells whether their browser uses the proxy already.</summary>
internal enum SetupVia
{
    /// <summary>They asked for the magic host through the proxy: the proxy is set.</summary>
    Proxy,

    /// <summary>They opened <c>/setup</c> of the dashboard.</summary>
    Dashboard,

    /// <summary>They opened the proxy's own address as if it was a web site, as a phone does that scanned the QR code.</summary>
    ProxyDirect,
}
