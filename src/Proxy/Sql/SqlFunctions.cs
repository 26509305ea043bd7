using System.Buffers;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using SQLitePCL;

namespace MitmWeb.Proxy.Sql;

/// <summary>
/// The functions of the views and of statements. Among them are some of SQLite's own made anew: their originals may run for hours in one step,
/// in which SQLite cannot be stopped (<c>LIKE</c> with many <c>%</c>, <c>instr</c> of one megabyte in another).
/// </summary>
internal sealed class SqlFunctions(SqlDeadline deadline, SessionReader reader)
{
    /// <summary>(head or trailers, whether it has a first line) → JSON array of [name, value].</summary>
    public const string HeaderLines = "header_lines";

    /// <summary>(DER, which part) → that part.</summary>
    public const string Certificate = "certificate_part";

    /// <summary>The most bytes of a body that a function gives.</summary>
    public const int MaxBody = 4 * 1024 * 1024;

    /// <summary>The longest text to look for: the time of a search is at most this times the length of the text.</summary>
    private const int MaxPattern = 4096;

    private const int MaxRegexes = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FileContent _content = new(reader);
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Dictionary<string, FilterRegex> _regexes = new(StringComparer.Ordinal);
    private readonly RegexBudget _budget = new();
    private byte[] _certificate = [];
    private X509Certificate2? _parsed;

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [HeaderLines, Certificate, "header", "body_text", "body_bytes", "regexp"];

    /// <summary>Gives them to a connection.</summary>
    public void AddTo(Database database)
    {
        database.DefineValue(HeaderLines, 2, LinesOf);
        database.DefineValue(Certificate, 2, PartOf);
        database.DefineValue("header", 3, Header);
        database.DefineValue("body_text", 2, (context, values) => Body(context, values, asText: true));
        database.DefineValue("body_bytes", 2, (context, values) => Body(context, values, asText: false));
        database.DefineValue("regexp", 2, Regexp);
        database.DefineValue("like", 2, Like);
        database.DefineValue("like", 3, Like);
        database.DefineValue("glob", 2, Glob);
        database.DefineValue("instr", 2, Position);
        database.DefineValue("replace", 3, Replace);
        database.DefineValue("trim", 2, (context, values) => Trim(context, values, start: true, end: true));
        database.DefineValue("ltrim", 2, (context, values) => Trim(context, values, start: true, end: false));
        database.DefineValue("rtrim", 2, (context, values) => Trim(context, values, start: false, end: true));
    }

    private static bool IsNull(sqlite3_value value) => raw.sqlite3_value_type(value) == raw.SQLITE_NULL;

    /// <summary>The text of a value, as SQLite converts it.</summary>
    private static string Text(sqlite3_value value)
    {
        // Numbers become text in asking for text; the bytes are asked for after that.
        _ = raw.sqlite3_value_text(value);
        return Encoding.UTF8.GetString(raw.sqlite3_value_blob(value));
    }

    private static string Pattern(sqlite3_value value)
    {
        var text = Text(value);
        return text.Length <= MaxPattern ? text : throw new SqlException($"A text to look for may have at most {MaxPattern} characters.");
    }

    private static void Answer(sqlite3_context context, string text)
    {
        if (text.Length == 0)
        {
            // No bytes at all would be NULL.
            raw.sqlite3_result_text(context, "");
            return;
        }

        raw.sqlite3_result_text(context, Encoding.UTF8.GetBytes(text).AsSpan());
    }

    private static MessageSide SideOf(sqlite3_value value) => Text(value) switch
    {
        "request" => MessageSide.Request,
        "response" => MessageSide.Response,
        var other => throw new SqlException($"'{other}' is no side: write 'request' or 'response'."),
    };

    private void LinesOf(sqlite3_context context, sqlite3_value[] values)
    {
        if (IsNull(values[0]))
        {
            return;
        }

        var block = raw.sqlite3_value_blob(values[0]).ToArray();
        var headers = raw.sqlite3_value_int(values[1]) != 0 ? ResponseHead.Parse(block).Headers : HeaderBlock.ReadTrailers(block)!;
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json, Unescaped))
        {
            json.WriteStartArray();
            for (var i = 0; i < headers.Count; i++)
            {
                json.WriteStartArray();
                json.WriteStringValue(FilterContent.Decode(headers.NameBytes(i)));
                json.WriteStringValue(FilterContent.Decode(headers.ValueBytes(i)));
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        raw.sqlite3_result_text(context, _json.WrittenSpan);
    }

    private void Header(sqlite3_context context, sqlite3_value[] values)
    {
        deadline.Check();
        var name = Encoding.Latin1.GetBytes(Text(values[2]));
        _content.Show(raw.sqlite3_value_int64(values[0]));
        var found = new List<string>();
        foreach (var list in _content.Headers(SideOf(values[1])))
        {
            for (var i = list.IndexOf(name); i >= 0; i = list.IndexOf(name, i + 1))
            {
                found.Add(FilterContent.Decode(list.ValueBytes(i)));
            }
        }

        if (found.Count > 0)
        {
            Answer(context, string.Join(", ", found));
        }
    }

    private void Body(sqlite3_context context, sqlite3_value[] values, bool asText)
    {
        deadline.Check();
        _content.Show(raw.sqlite3_value_int64(values[0]));
        var body = _content.Body(SideOf(values[1])).Span;
        body = body.Length > MaxBody ? body[..MaxBody] : body;
        if (body.IsEmpty)
        {
            return;
        }

        if (!asText)
        {
            raw.sqlite3_result_blob(context, body);
        }
        else if (!body.Contains((byte)0))
        {
            // Bytes that are no UTF-8 are Latin-1 to filters; here only those that look like text at all.
            var whole = body[..WholeCharacters(body)];
            if (IsUtf8(whole))
            {
                raw.sqlite3_result_text(context, whole);
            }
            else if (body.IndexOfAnyInRange((byte)0x01, (byte)0x08) < 0)
            {
                Answer(context, Encoding.Latin1.GetString(body));
            }
        }
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = StrictUtf8.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>How many bytes there are without a character that the limit has cut in two.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MaxBody)
        {
            return bytes.Length;
        }

        var end = bytes.Length;
        while (end > bytes.Length - 4 && (bytes[end - 1] & 0xc0) == 0x80)
        {
            end--;
        }

        return bytes[end - 1] >= 0xc0 ? end - 1 : bytes.Length;
    }

    private void Regexp(sqlite3_context context, sqlite3_value[] values)
    {
        if (IsNull(values[0]) || IsNull(values[1]))
        {
            return;
        }

        deadline.Check();
        var pattern = Pattern(values[0]);
        if (!_regexes.TryGetValue(pattern, out var regex))
        {
            if (FilterRegex.Check(pattern) is { } problem)
            {
                throw new SqlException($"The regular expression '{pattern}' cannot be read: {problem}");
            }

            if (_regexes.Count == MaxRegexes)
            {
                _regexes.Clear();
            }

            regex = FilterRegex.Create(pattern, RegexOptions.None);
            _regexes.Add(pattern, regex);
        }

        try
        {
            raw.sqlite3_result_int(context, regex.IsMatch(Text(values[1]), _budget) ? 1 : 0);
        }
        catch (FilterException e)
        {
            throw new SqlException(e.Message, e);
        }
    }

    private void Like(sqlite3_context context, sqlite3_value[] values)
    {
        if (values.Any(IsNull))
        {
            return;
        }

        var escape = values.Length > 2 ? Text(values[2]) : "";
        if (values.Length > 2 && escape.EnumerateRunes().Count() != 1)
        {
            throw new SqlException("What stands behind ESCAPE must be a single character.");
        }

        deadline.Check();
        raw.sqlite3_result_int(context, SqlPattern.Like(Text(values[1]), Pattern(values[0]), escape.Length == 1 ? escape[0] : null, deadline) ? 1 : 0);
    }

    private void Glob(sqlite3_context context, sqlite3_value[] values)
    {
        if (values.Any(IsNull))
        {
            return;
        }

        deadline.Check();
        raw.sqlite3_result_int(context, SqlPattern.Glob(Text(values[1]), Pattern(values[0]), deadline) ? 1 : 0);
    }

    /// <summary>As SQLite's: counts characters, or bytes where both are BLOBs.</summary>
    private static void Position(sqlite3_context context, sqlite3_value[] values)
    {
        if (values.Any(IsNull))
        {
            return;
        }

        if (values.All(value => raw.sqlite3_value_type(value) == raw.SQLITE_BLOB))
        {
            var sought = raw.sqlite3_value_blob(values[1]);
            raw.sqlite3_result_int(context, sought.Length <= MaxPattern
                ? raw.sqlite3_value_blob(values[0]).IndexOf(sought) + 1
                : throw new SqlException($"A BLOB to look for may have at most {MaxPattern} bytes."));
            return;
        }

        var text = Text(values[0]);
        var at = text.IndexOf(Pattern(values[1]), StringComparison.Ordinal);
        var before = at < 0 ? 0 : at;
        for (var i = 0; i < at; i++)
        {
            before -= char.IsLowSurrogate(text[i]) ? 1 : 0;
        }

        raw.sqlite3_result_int(context, at < 0 ? 0 : before + 1);
    }

    private static void Replace(sqlite3_context context, sqlite3_value[] values)
    {
        if (values.Any(IsNull))
        {
            return;
        }

        var (text, sought, instead) = (Text(values[0]), Pattern(values[1]), Text(values[2]));
        if (sought.Length > 0 && instead.Length > sought.Length && (long)instead.Length * text.Length / sought.Length > SessionSql.MaxValue
            && text.Length + ((long)text.AsSpan().Count(sought) * (instead.Length - sought.Length)) > SessionSql.MaxValue)
        {
            raw.sqlite3_result_error_toobig(context);
            return;
        }

        Answer(context, sought.Length == 0 ? text : text.Replace(sought, instead, StringComparison.Ordinal));
    }

    private static void Trim(sqlite3_context context, sqlite3_value[] values, bool start, bool end)
    {
        if (values.Any(IsNull))
        {
            return;
        }

        var characters = Text(values[1]).EnumerateRunes().ToHashSet();
        var text = Text(values[0]).AsSpan();
        while (start && Rune.DecodeFromUtf16(text, out var first, out var length) == OperationStatus.Done && characters.Contains(first))
        {
            text = text[length..];
        }

        while (end && Rune.DecodeLastFromUtf16(text, out var last, out var length) == OperationStatus.Done && characters.Contains(last))
        {
            text = text[..^length];
        }

        Answer(context, text.ToString());
    }

    private void PartOf(sqlite3_context context, sqlite3_value[] values)
    {
        deadline.Check();
        var der = raw.sqlite3_value_blob(values[0]);
        if (!der.SequenceEqual(_certificate))
        {
            _parsed?.Dispose();
            (_certificate, _parsed) = (der.ToArray(), Parse(der));
        }

        if (_parsed is not { } certificate)
        {
            return;
        }

        switch (Text(values[1]))
        {
            case "subject":
                Answer(context, certificate.Subject);
                break;
            case "issuer":
                Answer(context, certificate.Issuer);
                break;
            case "serial_number":
                Answer(context, certificate.SerialNumber);
                break;
            case "not_before":
                Answer(context, Iso(certificate.NotBefore));
                break;
            case "not_after":
                Answer(context, Iso(certificate.NotAfter));
                break;
            case "names":
                Answer(context, JsonSerializer.Serialize(NamesOf(certificate)));
                break;
            case "key":
                Answer(context, KeyOf(certificate));
                break;
            case "is_self_signed":
                raw.sqlite3_result_int(context, certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? 1 : 0);
                break;
        }
    }

    /// <summary>What came from the network may be anything.</summary>
    private static X509Certificate2? Parse(ReadOnlySpan<byte> der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string Iso(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string[] NamesOf(X509Certificate2 certificate)
    {
        try
        {
            var names = certificate.Extensions.Where(extension => extension.Oid?.Value == "2.5.29.17")
                .Select(extension => new X509SubjectAlternativeNameExtension(extension.RawData, extension.Critical)).ToArray();
            return [.. names.SelectMany(name => name.EnumerateDnsNames()), .. names.SelectMany(name => name.EnumerateIPAddresses()).Select(address => address.ToString())];
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return [];
        }
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        try
        {
            using var rsa = certificate.GetRSAPublicKey();
            using var ecdsa = rsa is null ? certificate.GetECDsaPublicKey() : null;
            return rsa is not null ? $"RSA {rsa.KeySize}" : ecdsa is not null ? $"ECDSA {ecdsa.KeySize}" : certificate.PublicKey.Oid.FriendlyName ?? "";
        }
        catch (CryptographicException)
        {
            return "";
        }
    }
}
