namespace MitmWeb.Proxy.Flows;

/// <summary>Which of a flow's two messages is meant. The numbers are stored in session files: never change one.</summary>
public enum MessageSide
{
    /// <summary>From the client to the server.</summary>
    Request = 0,

    /// <summary>From the server to the client.</summary>
    Response = 1,
}
