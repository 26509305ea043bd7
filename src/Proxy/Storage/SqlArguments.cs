namespace MitmWeb.Proxy.Storage;

/// <summary>What a function of SQL was called with (https://www.sqlite.org/c3ref/value_blob.html): texts and BLOBs are read where SQLite has them.</summary>
internal readonly unsafe ref struct SqlArguments(nint* values)
{
    private const int TypeOfNull = 5;

    public bool IsNull(int index) => NativeSqlite.ValueType(values[index]) == TypeOfNull;

    public long Int64(int index) => NativeSqlite.ValueInt64(values[index]);

    public int Int32(int index) => (int)NativeSqlite.ValueInt64(values[index]);

    /// <summary>The bytes of a BLOB or of a text in UTF-8, valid until the function returns; empty for NULL.</summary>
    public ReadOnlySpan<byte> Bytes(int index)
    {
        // In this order: asking for the text may make it, and so change its length.
        var start = NativeSqlite.ValueBlob(values[index]);
        return start == 0 ? default : new ReadOnlySpan<byte>((void*)start, NativeSqlite.ValueLength(values[index]));
    }
}
