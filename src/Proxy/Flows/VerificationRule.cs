namespace MitmWeb.Proxy.Flows;

/// <summary>By which rule a server's certificate was taken or refused. The names are stored in session files: never change one.</summary>
public enum VerificationRule
{
    /// <summary>It has to be trusted, which is how it is without an option.</summary>
    Verify,

    /// <summary>Any is taken, from whatever server: <c>--ssl-insecure</c>.</summary>
    Insecure,

    /// <summary>Any is taken from this host: <c>--ssl-verify-host HOST=skip</c>.</summary>
    Skip,

    /// <summary>It has to be the one that was named for this host, and nothing else matters: <c>--ssl-verify-host HOST=sha256:…</c>.</summary>
    Pin,
}
