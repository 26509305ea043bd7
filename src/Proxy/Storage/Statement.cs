using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace MitmWeb.Proxy.Storage;

/// <summary>One prepared statement. Parameters count from 1, columns from 0.</summary>
internal sealed unsafe class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    /// <summary>What the parameters of a usual row take; longer ones are copied by SQLite.</summary>
    private const int ScratchSize = 16 * 1024;

    private readonly nint _pointer = handle.DangerousGetHandle();

    /// <summary>Texts and blobs that are bound stand here until the statement is reset, so that SQLite needs no memory for each.</summary>
    private byte* _scratch;
    private int _used;

    public void Dispose()
    {
        raw.sqlite3_finalize(handle);
        NativeMemory.Free(_scratch);
        _scratch = null;
    }

    public Statement Bind(int index, long value)
    {
        Check(NativeSqlite.BindInt64(_pointer, index, value));
        return this;
    }

    /// <summary>Null leaves the parameter as it is after <see cref="Reset"/>: NULL.</summary>
    public Statement Bind(int index, long? value) => value is { } number ? Bind(index, number) : this;

    /// <inheritdoc cref="Bind(int,long?)"/>
    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            return this;
        }

        if (value.Length == 0)
        {
            Check(raw.sqlite3_bind_text(handle, index, ""));
            return this;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (TryTake(longest) is var room && room != null)
        {
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(room, longest));
            _used += length;
            Check(NativeSqlite.BindText(_pointer, index, room, length, 0));
            return this;
        }

        var many = ArrayPool<byte>.Shared.Rent(longest);
        Check(raw.sqlite3_bind_text(handle, index, many.AsSpan(0, Encoding.UTF8.GetBytes(value, many))));
        ArrayPool<byte>.Shared.Return(many);
        return this;
    }

    /// <inheritdoc cref="Bind(int,long?)"/>
    public Statement Bind(int index, byte[]? value) => value is null ? this : BindBlob(index, value);

    /// <summary>An empty span is stored as an empty BLOB, not as NULL.</summary>
    public Statement BindBlob(int index, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Check(raw.sqlite3_bind_zeroblob(handle, index, 0));
        }
        else if (TryTake(value.Length) is var room && room != null)
        {
            value.CopyTo(new Span<byte>(room, value.Length));
            _used += value.Length;
            Check(NativeSqlite.BindBlob(_pointer, index, room, value.Length, 0));
        }
        else
        {
            Check(raw.sqlite3_bind_blob(handle, index, value));
        }

        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            database.ThrowAgain();
        }

        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw database.Failure(code),
        };
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next time.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends the running of the statement and forgets its parameters.</summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
        _used = 0;
    }

    /// <summary>How many columns the rows have.</summary>
    public int Columns => raw.sqlite3_column_count(handle);

    /// <summary>Whether it changes nothing in any file.</summary>
    public bool IsReadOnly => raw.sqlite3_stmt_readonly(handle) != 0;

    /// <summary>A column's name.</summary>
    public string Name(int column) => raw.sqlite3_column_name(handle, column).utf8_to_string() ?? "";

    /// <summary>What a column of the row holds: <c>SQLITE_INTEGER</c> and the like.</summary>
    public int Type(int column) => raw.sqlite3_column_type(handle, column);

    public double Double(int column) => raw.sqlite3_column_double(handle, column);

    public bool IsNull(int column) => NativeSqlite.ColumnType(_pointer, column) == raw.SQLITE_NULL;

    public long Int64(int column) => NativeSqlite.ColumnInt64(_pointer, column);

    public int Int32(int column) => (int)NativeSqlite.ColumnInt64(_pointer, column);

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>The text; empty for NULL.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The bytes, valid until the next step; empty for NULL.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[]? NullableBlob(int column) => IsNull(column) ? null : Blob(column).ToArray();

    /// <returns>Room for so many bytes, until more is taken; null when there is none.</returns>
    private byte* TryTake(int length)
    {
        if (length > ScratchSize - _used)
        {
            return null;
        }

        if (_scratch == null)
        {
            _scratch = (byte*)NativeMemory.Alloc(ScratchSize);
        }

        return _scratch + _used;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw database.Failure(code);
        }
    }
}
