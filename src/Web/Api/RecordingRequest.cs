namespace MitmWeb.Web.Api;

/// <summary>Whether to record.</summary>
/// <param name="On">True to record the flows that begin from now on, false to let them pass without.</param>
public sealed record RecordingRequest(bool On);
