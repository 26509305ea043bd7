using System.Text.Json.Serialization;

namespace MitmWeb.Proxy.Flows;

/// <summary>What checking a server's certificate found.</summary>
/// <param name="NameMatches">Whether the certificate is for the name that was asked for.</param>
/// <param name="Path">From the server's certificate to the CA that this machine trusts, or as far as that could be followed.</param>
/// <param name="Rule">What decided whether the connection was made.</param>
public sealed record CertificateVerification(
    bool NameMatches,
    IReadOnlyList<TrustStep> Path,
    [property: JsonConverter(typeof(JsonStringEnumConverter<VerificationRule>))] VerificationRule Rule = VerificationRule.Verify);
