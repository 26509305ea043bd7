namespace MitmWeb.SyntheticTraffic;

/// <summary>What a site is for, and so what is asked of it.</summary>
internal enum SiteKind
{
    Api,
    Pages,
    Assets,
    Tracking,
}
