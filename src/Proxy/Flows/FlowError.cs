namespace MitmWeb.Proxy.Flows;

/// <summary>Why a flow failed, in words for the person who looks at it.</summary>
/// <param name="Step">The step that failed.</param>
/// <param name="Message">One plain sentence: what happened, to which host.</param>
/// <param name="Detail">What the platform said, for those who want it; may be empty.</param>
/// <param name="Fix">What to do about it; may be empty.</param>
public sealed record FlowError(FlowStep Step, string Message, string Detail = "", string Fix = "");
