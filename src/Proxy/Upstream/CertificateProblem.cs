using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Upstream;

/// <summary>What is wrong with a server's certificate, for people.</summary>
/// <param name="Text">The reasons, as the end of a sentence about the certificate: <c>it is self-signed.</c></param>
/// <param name="Fix">What to do about it.</param>
internal sealed record CertificateProblem(string Text, string Fix)
{
    private const X509ChainStatusFlags NoTrust = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>What the platform's findings mean, where one sentence says it all; in the order in which they are told.</summary>
    private static readonly (X509ChainStatusFlags Status, string Reason)[] Findings =
    [
        (X509ChainStatusFlags.Revoked, "it has been revoked"),
        (X509ChainStatusFlags.NotSignatureValid, "its signature, or that of a certificate above it, is wrong: it was changed after it was signed, or somebody else signed it"),
        (X509ChainStatusFlags.NotValidForUsage, "it is not meant for servers (its extended key usage lacks serverAuth)"),
        (X509ChainStatusFlags.InvalidBasicConstraints, "a certificate above it is none of a CA, or its CA may not issue so long a chain (basicConstraints)"),
        (X509ChainStatusFlags.HasNotPermittedNameConstraint, "its CA may not issue certificates for this name (name constraints)"),
        (X509ChainStatusFlags.HasExcludedNameConstraint, "its CA may not issue certificates for this name (name constraints)"),
        (X509ChainStatusFlags.HasNotSupportedCriticalExtension, "it, or a certificate above it, has an extension marked critical that is not known here"),
    ];

    /// <summary>Says why a certificate is not trusted; null when it is.</summary>
    public static CertificateProblem? Of(SslPolicyErrors errors, X509Certificate2? certificate, X509Chain? chain, string host)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        var skip = $"skip the check for it with --ssl-verify-host {host}=skip";
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return new CertificateProblem("the server sent no certificate.", $"If you trust this server all the same, {skip}, or all checks with --ssl-insecure (-k).");
        }

        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        var reasons = new List<string>();
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            reasons.Add(Validity(certificate, chain!));
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is not for '{host}' but for {Names(certificate)}");
        }

        if ((status & NoTrust) != 0)
        {
            reasons.Add(IsSelfSigned(certificate)
                ? "it is self-signed"
                : status.HasFlag(X509ChainStatusFlags.PartialChain) && chain is { ChainElements.Count: <= 1 }
                    ? $"its issuer '{certificate.Issuer}' is not a CA that this machine trusts, and the server did not send a certificate that leads to one (a missing intermediate certificate is a common mistake)"
                    : $"its issuer '{certificate.Issuer}' is not a CA that this machine trusts");
        }

        reasons.AddRange(Findings.Where(one => status.HasFlag(one.Status)).Select(one => one.Reason).Distinct());
        if (reasons.Count == 0)
        {
            reasons.Add(chain is { ChainStatus.Length: > 0 } ? string.Join(" ", chain.ChainStatus.Select(one => one.StatusInformation.Trim().TrimEnd('.'))) : errors.ToString());
        }

        var isUnknown = (status & NoTrust) != 0 && !IsSelfSigned(certificate);
        return new CertificateProblem(
            string.Join("; ", reasons) + ".",
            $"If you trust this server all the same, {skip}{(isUnknown ? ", name its CA with --ssl-verify-upstream-trusted-ca FILE," : "")} or skip all checks with --ssl-insecure (-k).");
    }

    /// <summary>The certificate is another than those that were asked for.</summary>
    public static CertificateProblem Unpinned(X509Certificate2 certificate, string host)
    {
        var own = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        var key = Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        return new CertificateProblem(
            $"it is not the one that is pinned: its SHA-256 is {own}, that of its public key {key}.",
            $"If it is the right one, for example because it was renewed, pin it as well: --ssl-verify-host {host}=sha256:{key}.");
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string Validity(X509Certificate2 certificate, X509Chain chain)
    {
        if (Validity(certificate) is { } own)
        {
            return $"it {own}";
        }

        foreach (var element in chain.ChainElements)
        {
            if (Validity(element.Certificate) is { } above)
            {
                return $"the certificate '{element.Certificate.Subject}' above it {above}";
            }
        }

        return "a certificate above it has expired or is not valid yet";
    }

    private static string? Validity(X509Certificate2 certificate) => certificate.NotAfter < DateTime.Now
        ? string.Create(CultureInfo.InvariantCulture, $"expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC")
        : certificate.NotBefore > DateTime.Now
            ? string.Create(CultureInfo.InvariantCulture, $"is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC")
            : null;

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return names.Count switch
        {
            0 => $"'{certificate.Subject}' (it lists no names)",
            > 5 => string.Join(", ", names.Take(5)) + $" and {names.Count - 5} more",
            _ => string.Join(", ", names),
        };
    }
}
