namespace MitmWeb.Proxy.Tls;

/// <summary>The first bytes of one direction of a handshake.</summary>
internal sealed class HandshakeBytes
{
    /// <summary>Long enough for the longest chains that are seen; what comes after is not kept.</summary>
    public const int Limit = 32 * 1024;

    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Limit - _length);
        if (count <= 0)
        {
            return;
        }

        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(Limit, Math.Max(_length + count, 2 * _bytes.Length)));
        }

        bytes[..count].CopyTo(_bytes.AsSpan(_length));
        _length += count;
    }
}
