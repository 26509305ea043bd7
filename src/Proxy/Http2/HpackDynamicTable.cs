using System.Buffers.Binary;

namespace MitmWeb.Proxy.Http2;

/// <summary>HPACK's dynamic table (RFC 7541, section 2.3.2): the newest entry has the lowest index, the oldest make room.</summary>
internal sealed class HpackDynamicTable(int maxSize)
{
    /// <summary>What an entry counts beyond its text (RFC 7541, section 4.1).</summary>
    public const int Overhead = 32;

    private Entry[] _entries = [];
    private int _newest;

    public int Count { get; private set; }

    public int Size { get; private set; }

    public int MaxSize { get; private set; } = maxSize;

    /// <summary>An entry; 0 is the newest.</summary>
    public ref readonly Entry this[int index] => ref _entries[(_newest + index) & (_entries.Length - 1)];

    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        // Only spreads: whether two texts are the same is compared.
        var hash = (ulong)bytes.Length * 0x9E3779B97F4A7C15;
        while (bytes.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
            bytes = bytes[8..];
        }

        foreach (var one in bytes)
        {
            hash = (hash ^ one) * 0x9E3779B97F4A7C15;
        }

        return (uint)(hash >> 32);
    }

    public void Insert(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint nameHash = 0, uint valueHash = 0)
    {
        var size = name.Length + value.Length + Overhead;
        if (size > MaxSize)
        {
            // Not an error: it empties the table (RFC 7541, section 4.4).
            EvictTo(0);
            return;
        }

        // The name may lie in an entry that is about to be evicted.
        var bytes = new byte[name.Length + value.Length];
        name.CopyTo(bytes);
        value.CopyTo(bytes.AsSpan(name.Length));
        EvictTo(MaxSize - size);
        if (Count == _entries.Length)
        {
            Grow();
        }

        _newest = (_newest - 1) & (_entries.Length - 1);
        _entries[_newest] = new Entry(bytes, name.Length, nameHash, valueHash);
        Count++;
        Size += size;
    }

    public void SetMaxSize(int size)
    {
        MaxSize = size;
        EvictTo(size);
    }

    private void EvictTo(int size)
    {
        while (Size > size)
        {
            ref var oldest = ref _entries[(_newest + Count - 1) & (_entries.Length - 1)];
            Size -= oldest.Bytes.Length + Overhead;
            oldest = default;
            Count--;
        }
    }

    private void Grow()
    {
        var larger = new Entry[Math.Max(16, _entries.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        _entries = larger;
        _newest = 0;
    }

    public readonly record struct Entry(byte[] Bytes, int NameLength, uint NameHash, uint ValueHash)
    {
        public ReadOnlySpan<byte> Name => Bytes.AsSpan(0, NameLength);

        public ReadOnlySpan<byte> Value => Bytes.AsSpan(NameLength);
    }
}
