using System.Text;

namespace MitmWeb.Proxy.Sql;

/// <summary>An answer as columns side by side for a terminal. Their widths come from the first rows, so that long answers are written while they are read.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="blobs">How BLOBs are written.</param>
public sealed class TableOutput(TextWriter writer, SqlBlobText blobs) : ISqlOutput
{
    private const int RowsForWidths = 500;
    private const int MaxWidth = 80;
    private const int MaxBlob = 16;

    private readonly List<(string Text, bool Number)[]> _first = [];
    private string[] _names = [];
    private int[]? _widths;

    public void Begin(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _names = [.. columns.Select(Printable)];
    }

    public void Add(SqlRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var cells = new (string Text, bool Number)[row.Columns];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = row.Kind(i) switch
            {
                SqlKind.Integer => (SqlText.Write(row.Integer(i)), true),
                SqlKind.Real => (SqlText.Write(row.Real(i)), true),
                SqlKind.Text => (Printable(row.Text(i)), false),
                SqlKind.Blob => (Blob(row.Blob(i)), false),
                _ => ("NULL", false),
            };
        }

        if (_widths is not null)
        {
            Write(cells);
            return;
        }

        _first.Add(cells);
        if (_first.Count == RowsForWidths)
        {
            WriteFirst();
        }
    }

    public void End(SqlOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        WriteFirst();
        writer.Flush();
    }

    private void WriteFirst()
    {
        if (_widths is not null)
        {
            return;
        }

        _widths = [.. _names.Select((name, i) => Math.Min(MaxWidth, Math.Max(name.Length, _first.Select(cells => cells[i].Text.Length).DefaultIfEmpty().Max())))];
        Write([.. _names.Select((name, i) => (name, _first.Count > 0 && _first[0][i].Number))]);
        Write([.. _widths.Select(width => (new string('-', width), false))]);
        foreach (var cells in _first)
        {
            Write(cells);
        }

        _first.Clear();
    }

    private void Write((string Text, bool Number)[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var (text, number) = cells[i];
            text = text.Length > MaxWidth ? string.Concat(text.AsSpan(0, MaxWidth - 1), "…") : text;
            line.Append(i > 0 ? "  " : "").Append(number ? text.PadLeft(_widths![i]) : text.PadRight(_widths![i]));
        }

        writer.Write(line.ToString().TrimEnd());
        writer.Write('\n');
    }

    private string Blob(ReadOnlySpan<byte> blob) => blob.Length <= MaxBlob
        ? SqlText.Write(blob, blobs)
        : $"{SqlText.Write(blob[..MaxBlob], blobs)}… ({blob.Length} bytes)";

    /// <summary>A line for a line: what would move the terminal's cursor, or do worse, stands as a sign.</summary>
    private static string Printable(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(character => character switch
        {
            '\n' => '⏎',
            '\r' => ' ',
            '\t' => ' ',
            _ when char.IsControl(character) => '�',
            _ => character,
        }))
        : text;
}
