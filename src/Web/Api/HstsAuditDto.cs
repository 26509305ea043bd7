using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>What a host says with Strict-Transport-Security (RFC 6797).</summary>
/// <param name="Header">The last header that browsers would take; null when there was none.</param>
/// <param name="MaxAge">How long browsers remember it, in seconds.</param>
/// <param name="IncludeSubDomains">Whether it holds for the names under the host's, too.</param>
/// <param name="Preload">Whether it agrees to be built into browsers.</param>
/// <param name="PreloadMissing">What the preload list asks for and was not seen; empty when all of it was.</param>
/// <param name="Flow">The flow that shows it; null when there was none.</param>
public sealed record HstsAuditDto(
    string? Header, long MaxAge, bool IncludeSubDomains, bool Preload, IReadOnlyList<string> PreloadMissing, long? Flow)
{
    internal static HstsAuditDto From(HstsAudit hsts) =>
        new(hsts.Header, hsts.MaxAge, hsts.IncludeSubDomains, hsts.Preload, hsts.PreloadMissing, hsts.Flow);
}
