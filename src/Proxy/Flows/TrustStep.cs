namespace MitmWeb.Proxy.Flows;

/// <summary>A certificate on the way from a server's own to a trusted CA.</summary>
/// <param name="Subject">Whose certificate it is.</param>
/// <param name="Sha256">The SHA-256 of the whole certificate (lower-case hexadecimal).</param>
/// <param name="Problems">What is wrong with it, by .NET's names: <c>NotTimeValid</c>, <c>PartialChain</c>; empty when nothing is.</param>
public sealed record TrustStep(string Subject, string Sha256, IReadOnlyList<string> Problems);
