namespace MitmWeb.Proxy.Http2;

/// <summary>What a SETTINGS frame may say (RFC 9113, section 6.5.2, and RFC 8441, section 3). Others are ignored.</summary>
internal enum Http2Setting : ushort
{
    HeaderTableSize = 1,
    EnablePush = 2,
    MaxConcurrentStreams = 3,
    InitialWindowSize = 4,
    MaxFrameSize = 5,
    MaxHeaderListSize = 6,
    EnableConnectProtocol = 8,
}
