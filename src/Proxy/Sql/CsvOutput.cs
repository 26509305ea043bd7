namespace MitmWeb.Proxy.Sql;

/// <summary>An answer as CSV (RFC 4180). NULL is an empty field, the empty text is <c>""</c>.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="blobs">How BLOBs are written.</param>
/// <param name="guardFormulas">Whether texts that a spreadsheet would take for a formula get an apostrophe before them
/// (https://owasp.org/www-community/attacks/CSV_Injection).</param>
public sealed class CsvOutput(TextWriter writer, SqlBlobText blobs, bool guardFormulas) : ISqlOutput
{
    public void Begin(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        for (var i = 0; i < columns.Count; i++)
        {
            writer.Write(i > 0 ? "," : "");
            WriteText(columns[i]);
        }

        writer.Write("\r\n");
    }

    public void Add(SqlRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        for (var i = 0; i < row.Columns; i++)
        {
            writer.Write(i > 0 ? "," : "");
            switch (row.Kind(i))
            {
                case SqlKind.Integer:
                    writer.Write(SqlText.Write(row.Integer(i)));
                    break;
                case SqlKind.Real:
                    writer.Write(SqlText.Write(row.Real(i)));
                    break;
                case SqlKind.Text:
                    WriteText(row.Text(i));
                    break;
                case SqlKind.Blob:
                    writer.Write(SqlText.Write(row.Blob(i), blobs));
                    break;
            }
        }

        writer.Write("\r\n");
    }

    public void End(SqlOutcome outcome) => writer.Flush();

    private void WriteText(string text)
    {
        if (guardFormulas && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        writer.Write(text.Length == 0 || text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
    }
}
