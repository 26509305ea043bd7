namespace MitmWeb.Web.Api;

/// <summary>A certificate on the way from a server's own to a trusted CA.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="FingerprintSha256">The SHA-256 of the whole, in pairs of hexadecimal digits.</param>
/// <param name="Sent">Whether the server sent it; otherwise this machine had it.</param>
/// <param name="Problems">What is wrong with it, by .NET's names (<c>X509ChainStatusFlags</c>): <c>NotTimeValid</c>, <c>PartialChain</c>.</param>
public sealed record TrustStepDto(string Subject, string FingerprintSha256, bool Sent, IReadOnlyList<string> Problems);
