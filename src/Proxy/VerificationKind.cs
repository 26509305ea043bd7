namespace MitmWeb.Proxy;

/// <summary>How a server's certificate is checked.</summary>
public enum VerificationKind
{
    /// <summary>Against the trusted CAs and the host's name, also where everything else is taken unchecked.</summary>
    Verify,

    /// <summary>Not at all.</summary>
    Skip,

    /// <summary>It, or its public key, must have that SHA-256; nothing else counts.</summary>
    Pin,
}
