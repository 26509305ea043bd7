namespace MitmWeb.Proxy.Http2;

/// <summary>A frame's flags (RFC 9113, section 6); which of them count depends on its type.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>DATA and HEADERS: the sender's last frame of this stream.</summary>
    EndStream = 0x1,

    /// <summary>SETTINGS and PING: an answer.</summary>
    Ack = EndStream,

    EndHeaders = 0x4,

    Padded = 0x8,

    Priority = 0x20,
}
