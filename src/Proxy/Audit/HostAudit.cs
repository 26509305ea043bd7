namespace MitmWeb.Proxy.Audit;

/// <summary>What the captured traffic shows of one host.</summary>
public sealed record HostAudit
{
    /// <summary>The name or address, in lower case; all ports together, as HSTS and cookies see it.</summary>
    public required string Host { get; init; }

    /// <summary><c>A+</c>, <c>A</c>, <c>B</c>, <c>C</c>, <c>D</c> or <c>F</c>; null when the traffic shows too little.</summary>
    public required string? Grade { get; init; }

    /// <summary>Why it is that grade and no better one, in short sentences.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>How many flows there are.</summary>
    public required long Flows { get; init; }

    /// <summary>How many responses came over TLS.</summary>
    public required long HttpsResponses { get; init; }

    /// <summary>How many responses came in plain text.</summary>
    public required long HttpResponses { get; init; }

    /// <summary>What the host agreed on with MitmWeb.</summary>
    public required IReadOnlyList<TlsUse> ServerTls { get; init; }

    /// <summary>What the clients agreed on with MitmWeb, which stands in for the host.</summary>
    public required IReadOnlyList<TlsUse> ClientTls { get; init; }

    /// <summary>The host's own certificates.</summary>
    public required IReadOnlyList<CertificateAudit> Certificates { get; init; }

    /// <summary>Strict-Transport-Security; null when nothing came over TLS.</summary>
    public required HstsAudit? Hsts { get; init; }

    /// <summary>How many plain requests were sent on to https on the same host.</summary>
    public required long RedirectsToHttps { get; init; }

    /// <summary>What is wrong or worth knowing, the worst first.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }
}
