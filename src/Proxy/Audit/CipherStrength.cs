namespace MitmWeb.Proxy.Audit;

/// <summary>What the IANA name of a cipher suite says of its strength.</summary>
internal static class CipherStrength
{
    private static readonly string[] BrokenParts = ["_NULL_", "_anon_", "_EXPORT", "_RC4_", "_DES_", "_DES40_", "_RC2_"];

    /// <summary>Whether recorded traffic stays secret when the server's key leaks: all suites of TLS 1.3, and those with an ephemeral
    /// key exchange (RFC 9325, section 7.3).</summary>
    public static bool HasForwardSecrecy(string suite) => IsOfTls13(suite) || suite.Contains("DHE_", StringComparison.Ordinal);

    /// <summary>Whether there is no secrecy, or none that lasts an afternoon (RFC 9325, section 4.1; RC4: RFC 7465).</summary>
    public static bool IsBroken(string suite) => Array.Exists(BrokenParts, part => (suite + "_").Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the blocks are of 64 bits or the key gives less than 128 bits of security (RFC 9325, section 4.1).</summary>
    public static bool IsWeak(string suite) => suite.Contains("_3DES_", StringComparison.Ordinal) || suite.Contains("_IDEA_", StringComparison.Ordinal);

    /// <summary>Whether encryption and authentication are two steps, which padding oracles live off; GCM, CCM and ChaCha20-Poly1305 are one
    /// (RFC 9325, section 4.2).</summary>
    public static bool IsCbc(string suite) => suite.Contains("_CBC_", StringComparison.Ordinal) && !IsWeak(suite);

    private static bool IsOfTls13(string suite) => !suite.Contains("_WITH_", StringComparison.Ordinal) && suite.StartsWith("TLS_", StringComparison.Ordinal);
}
