using System.Buffers.Binary;

namespace MitmWeb.Proxy.Http2;

/// <content>Frames about a stream or the connection as a whole.</content>
internal sealed partial class Http2Connection
{
    private void OnResetStream(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0 || IsIdle(header.StreamId))
        {
            throw Error(Http2ErrorCode.ProtocolError, "A RST_STREAM frame names a stream that does not exist.");
        }

        if (payload.Length != 4)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A RST_STREAM frame has the wrong length.");
        }

        if (_isServer)
        {
            CountReset();
        }

        if (_streams.TryGetValue(header.StreamId, out var stream))
        {
            var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
            stream.IsRefused = code == Http2ErrorCode.RefusedStream;
            Close(stream, Http2ResetException.ByPeer(code));
        }
    }

    private void OnSettings(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A SETTINGS frame names a stream.");
        }

        if (header.Has(FrameFlags.Ack) ? payload.Length > 0 : payload.Length % 6 != 0)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A SETTINGS frame has the wrong length.");
        }

        CountIdleFrame();
        if (header.Has(FrameFlags.Ack))
        {
            StopSettingsTimer();
            return;
        }

        _hasPeerSettings = true;
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            OnSetting((Http2Setting)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        FrameWriter.SettingsAck(_output);
        Pump();
        SettingsReceived?.Invoke();
    }

    private void OnSettingsTimeout()
    {
        lock (_gate)
        {
            if (_settingsTimer is null || IsOver)
            {
                return;
            }

            Fail(Error(Http2ErrorCode.SettingsTimeout, $"The peer has not acknowledged SETTINGS within {SettingsLimit.TotalSeconds:0} seconds."));
        }

        Announce();
    }

    private void StopSettingsTimer()
    {
        _settingsTimer?.Dispose();
        _settingsTimer = null;
    }

    private void OnSetting(Http2Setting setting, uint value)
    {
        switch (setting)
        {
            case Http2Setting.HeaderTableSize:
                _encoder.SetMaxTableSize(value);
                break;
            case Http2Setting.EnablePush when value > (_isServer ? 1 : 0):
                throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_PUSH is {value}.");
            case Http2Setting.EnableConnectProtocol when value > 1 || (value == 0 && _peerAllowsConnectProtocol):
                throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_CONNECT_PROTOCOL is {value}{(value == 0 ? " after it was 1" : "")}.");
            case Http2Setting.EnableConnectProtocol:
                _peerAllowsConnectProtocol = value == 1;
                break;
            case Http2Setting.MaxConcurrentStreams:
                _peerMaxStreams = value;
                break;
            case Http2Setting.InitialWindowSize:
                if (value > int.MaxValue)
                {
                    throw Error(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE is {value}.");
                }

                // Holds for streams that are open, too, and may make their windows negative (section 6.9.2).
                var change = value - _peerWindow;
                _peerWindow = value;
                foreach (var stream in _streams.Values)
                {
                    stream.SendWindow += change;
                    if (stream.SendWindow > int.MaxValue)
                    {
                        throw Error(Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE makes a stream's window too large.");
                    }

                    Enqueue(stream);
                }

                break;
            case Http2Setting.MaxFrameSize:
                if (value is < FrameHeader.DefaultMaxLength or > 0xffffff)
                {
                    throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_MAX_FRAME_SIZE is {value}.");
                }

                _peerMaxFrame = (int)value;
                break;
        }
    }

    private void OnPing(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A PING frame names a stream.");
        }

        if (payload.Length != 8)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A PING frame has the wrong length.");
        }

        CountIdleFrame();
        if (!header.Has(FrameFlags.Ack))
        {
            FrameWriter.PingAck(_output, payload);
        }
    }

    private void OnGoAway(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A GOAWAY frame names a stream.");
        }

        if (payload.Length < 8)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A GOAWAY frame is too short.");
        }

        if (_isServer)
        {
            return; // The client will open no more streams; those that run go on.
        }

        var last = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        _isGoingAway = true;
        if (code != Http2ErrorCode.NoError)
        {
            _peerReason = Error(code, $"The server ended the connection (GOAWAY, error code {Http2ErrorNames.Describe(code)}).");
        }

        _peerLastStream = Math.Min(last, _peerLastStream);
        foreach (var stream in _streams.Values.Where(one => one.Id > _peerLastStream).ToList())
        {
            stream.IsRefused = true;
            Close(stream, Error(code, $"The server ended the connection before it looked at the request (GOAWAY, error code {Http2ErrorNames.Describe(code)})."));
        }

        EndWhenIdle();
    }

    private void OnWindowUpdate(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A WINDOW_UPDATE frame has the wrong length.");
        }

        var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        if (header.StreamId == 0)
        {
            _sendWindow += increment;
            if (increment == 0 || _sendWindow > int.MaxValue)
            {
                throw Error(increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError, "A WINDOW_UPDATE frame makes the window impossible.");
            }
        }
        else if (_streams.TryGetValue(header.StreamId, out var stream))
        {
            stream.SendWindow += increment;
            if (increment == 0 || stream.SendWindow > int.MaxValue)
            {
                StreamError(stream, increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError, "A WINDOW_UPDATE frame makes the window impossible.");
                return;
            }

            Enqueue(stream);
        }
        else if (IsIdle(header.StreamId))
        {
            throw Error(Http2ErrorCode.ProtocolError, "A WINDOW_UPDATE frame names a stream that does not exist.");
        }

        Pump();
    }
}
