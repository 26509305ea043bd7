namespace MitmWeb.Proxy.Storage;

/// <summary>Why flows cannot be stored at present.</summary>
/// <param name="Message">One plain sentence: which file, what is wrong, what to do.</param>
/// <param name="Since">When it began.</param>
/// <param name="LostFlows">Flows that were not recorded since then because the memory for waiting flows was full.</param>
public sealed record StoreProblem(string Message, DateTimeOffset Since, long LostFlows);
