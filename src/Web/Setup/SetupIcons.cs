namespace MitmWeb.Web.Setup;

/// <summary>The page's pictures: plain line drawings of our own, no makers' marks.</summary>
internal static class SetupIcons
{
    public static readonly Html Logo = new("""<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#1c7f74"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path d="M6 11h20M22 7l4 4-4 4"/><path d="M26 21H6M10 17l-4 4 4 4"/></g></svg>""");
    public static readonly Html Download = Line("""<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>""");
    public static readonly Html Check = Line("""<path d="M5 12.5l4.5 4.5L19 7.5"/>""");
    public static readonly Html Warning = Line("""<path d="M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.3v.2"/>""");
    public static readonly Html Shield = Line("""<path d="M12 3l7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8L12 3z"/>""");
    public static readonly Html Chevron = Line("""<path d="M9 6l6 6-6 6"/>""", "chevron");

    public static Html Of(SetupPlatform platform) => platform switch
    {
        SetupPlatform.Windows => Line("""<path d="M4 5.5h7v6H4zM13 5.5h7v6h-7zM4 13.5h7v6H4zM13 13.5h7v6h-7z"/>"""),
        SetupPlatform.MacOS => Line("""<path d="M5 5h14a1 1 0 011 1v9H4V6a1 1 0 011-1zM2.5 19h19"/>"""),
        SetupPlatform.Linux => Line("""<path d="M3.5 4.5h17v15h-17zM7 9l3 3-3 3M12.5 15.5H17"/>"""),
        SetupPlatform.IOS => Line("""<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M10.5 5h3M10 18.8h4"/>"""),
        SetupPlatform.Android => Line("""<rect x="6.5" y="2.5" width="11" height="19" rx="2"/><path d="M12 5.2v.1M9 18.5h.1M12 18.5h.1M15 18.5h.1"/>"""),
        SetupPlatform.Firefox => Line("""<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17z"/>"""),
        SetupPlatform.CommandLine => Line("""<path d="M5 7l5 5-5 5M12 18h7"/>"""),
        SetupPlatform.Node => Line("""<path d="M12 3l7.8 4.5v9L12 21l-7.8-4.5v-9L12 3zM9 14.5V9.5l6 5v-5"/>"""),
        SetupPlatform.Python => Line("""<path d="M9 5c-3 0-1 6-4.5 7C8 13 6 19 9 19M15 5c3 0 1 6 4.5 7C16 13 18 19 15 19"/>"""),
        SetupPlatform.Java => Line("""<path d="M5 10h12v4.5a4.5 4.5 0 01-4.5 4.5h-3A4.5 4.5 0 015 14.5zM17 11.5h1.5a2 2 0 010 4.5h-2M9 7V4M13 7V4"/>"""),
        _ => Line("""<path d="M3.5 12h17l-1.5 5a4 4 0 01-4 2.5H9A4.5 4.5 0 014.5 16zM6.5 8.5h3.5V12M10 8.5h3.5V12M10 5h3.5v3.5M6.5 12V8.5M10 8.5V5"/>"""),
    };

    private static Html Line(string shapes, string name = "icon") => new(
        $"""<svg class="{name}" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{shapes}</svg>""");
}
