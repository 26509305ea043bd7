namespace MitmWeb.Proxy.Audit;

/// <summary>An address that a page uses, made absolute.</summary>
internal readonly record struct PageAddress(PageUse Use, Uri Target);
