namespace MitmWeb.Proxy.Connections;

/// <summary>One end of a tunnel.</summary>
/// <param name="Stream">Its bytes.</param>
/// <param name="EndSending">Tells the peer that nothing more will come, while its own bytes are still read (half-close); null where the
/// transport has no such thing.</param>
internal sealed record TunnelEnd(Stream Stream, Func<ValueTask>? EndSending = null);
