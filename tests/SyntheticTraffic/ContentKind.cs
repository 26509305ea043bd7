namespace MitmWeb.SyntheticTraffic;

/// <summary>What a resource holds.</summary>
internal enum ContentKind
{
    None,
    Json,
    Html,
    Script,
    Style,
    Image,
    Font,
    Binary,
    Text,
}
