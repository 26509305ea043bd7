using System.Text.Encodings.Web;
using System.Text.Json;

namespace MitmWeb.Proxy.Sql;

/// <summary>An answer as JSON objects: an array of them, or one on each line. Of columns with the same name the later ones get <c>_2</c>, <c>_3</c> ….</summary>
/// <param name="output">Where it goes, as UTF-8.</param>
/// <param name="lines">Whether each object stands on a line of its own, without an array around them.</param>
/// <param name="blobs">How BLOBs are written, as strings.</param>
public sealed class JsonOutput(Stream output, bool lines, SqlBlobText blobs) : ISqlOutput, IDisposable
{
    private const int FlushAfter = 32 * 1024;

    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    private JsonEncodedText[] _names = [];

    public void Begin(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        _names = [.. columns.Select(name =>
        {
            var unique = name;
            for (var i = 2; !taken.Add(unique); i++)
            {
                unique = $"{name}_{i}";
            }

            return JsonEncodedText.Encode(unique, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        })];
        if (!lines)
        {
            _json.WriteStartArray();
        }
    }

    public void Add(SqlRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _json.WriteStartObject();
        for (var i = 0; i < row.Columns; i++)
        {
            _json.WritePropertyName(_names[i]);
            WriteValue(_json, row, i, blobs);
        }

        _json.WriteEndObject();
        if (lines)
        {
            _json.Flush();
            _json.Reset();
            output.Write("\n"u8);
        }
        else if (_json.BytesPending > FlushAfter)
        {
            _json.Flush();
        }
    }

    public void End(SqlOutcome outcome)
    {
        if (!lines)
        {
            _json.WriteEndArray();
            _json.Flush();
            output.Write("\n"u8);
        }

        output.Flush();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Writes a value; what JSON has no number for (infinity) is a string.</summary>
    public static void WriteValue(Utf8JsonWriter json, SqlRow row, int column, SqlBlobText blobs)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(row);
        switch (row.Kind(column))
        {
            case SqlKind.Integer:
                json.WriteNumberValue(row.Integer(column));
                break;
            case SqlKind.Real when double.IsFinite(row.Real(column)):
                json.WriteNumberValue(row.Real(column));
                break;
            case SqlKind.Real:
                json.WriteStringValue(SqlText.Write(row.Real(column)));
                break;
            case SqlKind.Text:
                json.WriteStringValue(row.Text(column));
                break;
            case SqlKind.Blob:
                json.WriteStringValue(SqlText.Write(row.Blob(column), blobs));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
