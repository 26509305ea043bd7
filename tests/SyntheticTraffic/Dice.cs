using System.Buffers.Binary;

namespace MitmWeb.SyntheticTraffic;

/// <summary>What looks random, and is the same for the same seed.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A number from 0, less than the limit.</summary>
    public int Next(int limit) => _random.Next(limit);

    /// <summary>A number from one to another, the latter excluded.</summary>
    public int Between(int from, int to) => _random.Next(from, to);

    public bool Chance(double share) => _random.NextDouble() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>An index less than the count; small ones come much more often (each half as often as one of half its size, roughly).</summary>
    public int Skewed(int count) => Math.Min(count - 1, (int)(Math.Pow(count + 1, _random.NextDouble()) - 1));

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Hexadecimal digits.</summary>
    public string Hex(int digits)
    {
        Span<byte> bytes = stackalloc byte[8];
        var text = new char[digits];
        for (var i = 0; i < digits; i += 16)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, _random.NextInt64());
            Convert.TryToHexStringLower(bytes[..Math.Min(8, (digits - i) / 2)], text.AsSpan(i), out _);
        }

        return new string(text);
    }
}
