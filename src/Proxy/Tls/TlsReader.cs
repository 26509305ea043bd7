using System.Buffers.Binary;

namespace MitmWeb.Proxy.Tls;

/// <summary>
/// Takes a TLS structure apart (RFC 8446, section 3). What it reads came from the network: each step says whether the bytes were there,
/// and nothing throws.
/// </summary>
internal ref struct TlsReader(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    public readonly bool IsEmpty => Rest.IsEmpty;

    public bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (Rest.Length < count)
        {
            return false;
        }

        taken = Rest[..count];
        Rest = Rest[count..];
        return true;
    }

    public bool TryByte(out byte value)
    {
        var ok = TryTake(1, out var taken);
        value = ok ? taken[0] : (byte)0;
        return ok;
    }

    public bool TryUInt16(out ushort value)
    {
        var ok = TryTake(2, out var taken);
        value = ok ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;
        return ok;
    }

    public bool TryUInt24(out int value)
    {
        var ok = TryTake(3, out var taken);
        value = ok ? (taken[0] << 16) | (taken[1] << 8) | taken[2] : 0;
        return ok;
    }

    /// <summary>A vector with its length in one byte before it.</summary>
    public bool TryVector8(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryByte(out var length) && TryTake(length, out vector);
    }

    /// <summary>A vector with its length in two bytes before it.</summary>
    public bool TryVector16(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryUInt16(out var length) && TryTake(length, out vector);
    }

    /// <summary>A vector with its length in three bytes before it.</summary>
    public bool TryVector24(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryUInt24(out var length) && TryTake(length, out vector);
    }

    /// <summary>The numbers of a list of two-byte codes; an odd byte at the end is passed over.</summary>
    public static ushort[] Codes(ReadOnlySpan<byte> list)
    {
        var codes = new ushort[list.Length / 2];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = BinaryPrimitives.ReadUInt16BigEndian(list[(2 * i)..]);
        }

        return codes;
    }
}
