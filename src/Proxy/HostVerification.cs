using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy;

/// <summary>How the certificates of some hosts are checked.</summary>
/// <param name="Hosts">Which hosts.</param>
/// <param name="Kind">How.</param>
/// <param name="Sha256">The pin in capital hexadecimal digits; null for the other kinds.</param>
public sealed record HostVerification(HostPattern Hosts, VerificationKind Kind, string? Sha256 = null)
{
    /// <summary>Reads <c>host=verify</c>, <c>host=skip</c> or <c>host=sha256:…</c> (64 hexadecimal digits, with or without colons, or Base64).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostVerification? verification)
    {
        ArgumentNullException.ThrowIfNull(text);
        verification = null;
        var cut = text.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0 || HostPattern.Parse(text[..cut].Trim()) is not { } hosts)
        {
            return false;
        }

        var how = text[(cut + 1)..].Trim();
        verification = how switch
        {
            "verify" => new HostVerification(hosts, VerificationKind.Verify),
            "skip" => new HostVerification(hosts, VerificationKind.Skip),
            _ when how.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) && TryReadHash(how["sha256:".Length..], out var hash) => new HostVerification(hosts, VerificationKind.Pin, hash),
            _ => null,
        };
        return verification is not null;
    }

    private static bool TryReadHash(string text, [NotNullWhen(true)] out string? hash)
    {
        hash = null;
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length == 64 && digits.All(char.IsAsciiHexDigit))
        {
            hash = digits.ToUpperInvariant();
        }
        else if (Base64.IsValid(text, out var length) && length == 32)
        {
            hash = Convert.ToHexString(Convert.FromBase64String(text));
        }

        return hash is not null;
    }
}
