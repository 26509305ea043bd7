namespace MitmWeb.Proxy.Flows;

/// <summary>The steps of an exchange, in their order. The names are part of the API.</summary>
public enum FlowStep
{
    /// <summary>The TLS handshake with the client.</summary>
    ClientTls,

    /// <summary>Reading the client's request.</summary>
    Request,

    /// <summary>Finding the server's address.</summary>
    Dns,

    /// <summary>Connecting to the server.</summary>
    Connect,

    /// <summary>The TLS handshake with the server.</summary>
    ServerTls,

    /// <summary>Sending the request to the server.</summary>
    Send,

    /// <summary>Waiting for and reading the response.</summary>
    Response,

    /// <summary>MitmWeb itself stopped.</summary>
    Proxy,
}
