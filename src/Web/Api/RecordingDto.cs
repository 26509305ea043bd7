using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Whether what passes is recorded.</summary>
/// <param name="On">Whether flows that begin now are recorded. Traffic flows either way.</param>
/// <param name="NotRecorded">How many flows have not been recorded since recording was last switched off.</param>
public sealed record RecordingDto(bool On, long NotRecorded)
{
    internal static RecordingDto From(LiveStore live) => new(live.IsRecording, live.NotRecorded);
}
