namespace MitmWeb.Web.Cli;

/// <summary>The kind of key that a new CA gets. The names, in lower case, are what the option takes.</summary>
public enum CaKeyKind
{
    /// <summary>ECDSA on P-256: fast, and known to every client of the last ten years.</summary>
    Ecdsa,

    /// <summary>RSA with 2048 bits, for clients that know nothing else.</summary>
    Rsa,
}
