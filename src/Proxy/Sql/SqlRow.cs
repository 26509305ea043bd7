using MitmWeb.Proxy.Storage;
using SQLitePCL;

namespace MitmWeb.Proxy.Sql;

/// <summary>The row that a statement has come to.</summary>
public sealed class SqlRow
{
    private readonly Statement _statement;

    internal SqlRow(Statement statement)
    {
        _statement = statement;
        Columns = statement.Columns;
    }

    /// <summary>How many columns it has.</summary>
    public int Columns { get; }

    /// <summary>What a column holds. Ask before its value: asking for the value as something else converts it.</summary>
    public SqlKind Kind(int column) => _statement.Type(column) switch
    {
        raw.SQLITE_INTEGER => SqlKind.Integer,
        raw.SQLITE_FLOAT => SqlKind.Real,
        raw.SQLITE_TEXT => SqlKind.Text,
        raw.SQLITE_BLOB => SqlKind.Blob,
        _ => SqlKind.Null,
    };

    public long Integer(int column) => _statement.Int64(column);

    public double Real(int column) => _statement.Double(column);

    /// <summary>The text; bytes that are not UTF-8 stand as U+FFFD.</summary>
    public string Text(int column) => _statement.Text(column);

    public ReadOnlySpan<byte> Blob(int column) => _statement.Blob(column);

    /// <summary>Roughly how many bytes the row takes.</summary>
    internal long Size()
    {
        var size = 0L;
        for (var i = 0; i < Columns; i++)
        {
            size += 8 + (Kind(i) is SqlKind.Text or SqlKind.Blob ? _statement.Blob(i).Length : 0);
        }

        return size;
    }
}
