using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Tests.Filters;

/// <summary>Random filters as people could write them, in both spellings.</summary>
internal sealed class FilterGenerator(int seed)
{
    private static readonly string[] Words =
    [
        "example", "api", "a.b", "one.example", "ÄPFEL", "ä", "users", "json", "html", "v1", "page=2", "%", "_", "10.0", "::1", "443", "😀", "GET", "x",
        "back\\slash", "it\"s", "O'Neil", "gzip", "secret", "hello", "abc", "-dash", "two words", "TLS", "h2", "s", "K", "ſ", "a|b", "(c)", "", "1.3", "x-test: secret", "user-agent", ": ", "test/1.0", "red", ":grapes:",
    ];

    private static readonly string[] Patterns =
    [
        "example", "^https?://", "api|users", "\\d+", "a.b$", "[äÄ]", "^Content-", "json$", "(?<!x)a", "(e)\\1?", "o{2}", ".", "/v[12]/", "GET|POST", "\\.example", "hel+o",
        "^127", "^x-test: .*secret", "user-agent: .*test", "session=[a-z]+;", "content-type: application/json", "h.?el*lo|secre{1}t", "[^a]test", "test\\s+", "kel", ":443$", "secret.*$", "\\bx\\b", "a/b", "1\\.[23]", "^(h2|http)", "^red$", "^ticket: ",
    ];

    private static readonly string[] Numbers = ["0", "200", "404", "4xx", "1..500", "400..", "..300", "5", "1", "12", "100", "443", "80"];
    private static readonly string[] Sizes = ["0", "100", "1kb", "1.5kib", "10..2kb", "..64kib", "5b"];
    private static readonly string[] Durations = ["0", "80ms", "84.2ms", "1s", "100us..1m", "2m", ".."];
    private static readonly string[] Times = ["-5m", "-1h..", "2026-11-20", "2026-11", "2026-11-20T13:00Z", "2026-11-20T13:00:00.123456Z", "..2026-11-21", "13:05"];

    private readonly Random _random = new(seed);

    /// <summary>The next filter; it can always be read.</summary>
    public string Next() => Node(_random.Next(1, 4));

    private string Node(int depth)
    {
        if (depth == 0 || _random.Next(4) == 0)
        {
            return Term();
        }

        return _random.Next(6) switch
        {
            0 => $"!({Node(depth - 1)})",
            1 => $"NOT {Term()}",
            2 => $"({Node(depth - 1)} | {Node(depth - 1)})",
            3 => $"({Node(depth - 1)} OR {Node(depth - 1)})",
            4 => $"({Node(depth - 1)} & {Node(depth - 1)})",
            _ => $"({Node(depth - 1)} {Node(depth - 1)})",
        };
    }

    private string Term()
    {
        while (true)
        {
            switch (_random.Next(4))
            {
                case 0:
                    var info = Pick(FilterOperators.All);
                    return info switch
                    {
                        { Operator: "" } => $"is:{info.Is}",
                        { Argument: OperatorArgument.None } => $"~{info.Operator}",
                        { Argument: OperatorArgument.Status } => $"~c {Pick(Numbers)}",
                        _ => $"~{info.Operator} {Quote(Pick(Patterns))}",
                    };
                case 1:
                    var word = Pick(Words);
                    if (word.Length > 0)
                    {
                        return Quote(word);
                    }

                    break;
                default:
                    return Field(Pick(FilterFields.All));
            }
        }
    }

    private string Field(FilterFieldInfo info)
    {
        var name = info.Named == FieldName.Required || (info.Named == FieldName.Optional && _random.Next(2) == 0)
            ? "." + Pick(["content-type", "Host", "x-test", "session", "user-agent", "ticket"])
            : "";
        if (info.Kind != FieldKind.Text)
        {
            var values = info.Kind switch { FieldKind.Size => Sizes, FieldKind.Duration => Durations, FieldKind.Time => Times, _ => Numbers };
            var value = Pick(values.Where(text => text != ".." && (info.Field == FilterField.Status || text != "4xx")).ToArray());
            var sign = value.Contains("..", StringComparison.Ordinal) || value == "4xx" ? Pick([":", "=", "!="]) : Pick([":", "=", "!=", ">", ">=", "<", "<="]);
            return info.Name + sign + value;
        }

        var text = Pick(Words);
        return _random.Next(4) switch
        {
            0 => $"{info.Name}{name}:/{Pick(Patterns).Replace("/", "\\/", StringComparison.Ordinal)}/{Pick(["", "i"])}",
            1 => $"{info.Name}{name}{Pick(["=", "!="])}{Quote(text)}",
            _ => $"{info.Name}{name}:{Quote(text.Length == 0 ? "x" : text)}",
        };
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
