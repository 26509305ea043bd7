namespace MitmWeb.Proxy.Flows;

/// <summary>How far a flow has come. The numbers are stored in session files: never change one.</summary>
public enum FlowState
{
    /// <summary>The response has not begun.</summary>
    Pending = 0,

    /// <summary>The response (or the tunnel) is running.</summary>
    Streaming = 1,

    /// <summary>Everything has passed.</summary>
    Done = 2,

    /// <summary>It ended before it was complete; <see cref="Flow.Error"/> says why.</summary>
    Error = 3,
}
