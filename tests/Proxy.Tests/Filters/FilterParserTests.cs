using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Tests.Certificates;

namespace MitmWeb.Proxy.Tests.Filters;

public sealed class FilterParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 14, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\n", "")]
    [InlineData("~all", "")]
    [InlineData("!~all", "!~all")]
    [InlineData("users", "url:users")]
    [InlineData("\"two words\"", "url:\"two words\"")]
    [InlineData("foo.*bar", "\"foo.*bar\"")]
    [InlineData("a[", "url:\"a[\"")]
    [InlineData("::1", "url:\"::1\"")]
    [InlineData(":443", "url:\":443\"")]
    [InlineData("https://example.com/a?b=1", "\"https://example.com/a?b=1\"")]
    [InlineData("localhost:8080", "url:\"localhost:8080\"")]
    [InlineData("/api/users", "url:\"/api/users\"")]
    [InlineData("/api.v1/", "url:/api.v1/")]
    [InlineData("/a\\/b/i", "url:/a\\/b/i")]
    [InlineData("~u a/b", "url:/a\\/b/i")]
    [InlineData("~u 'a b'", "url:/a b/i")]
    [InlineData("~b \\d+", "body:/\\d+/i")]
    [InlineData("~b '\\d+'", "body:/\\d+/i")]
    [InlineData("~b '\\\\d+'", "body:/\\d+/i")]
    [InlineData("~u foo|bar", "url:/foo|bar/i")]
    [InlineData("~u (a|b)", "url:/(a|b)/i")]
    [InlineData("~u ^https?://a.(b|c)/", "url:/^https?:\\/\\/a.(b|c)\\//i")]
    [InlineData("~d a|~q", "host:/a/i | is:pending")]
    [InlineData("~d a|(~q)", "host:/a/i | is:pending")]
    [InlineData("~t json", "header.content-type:/json/i")]
    [InlineData("~q&~s", "is:pending is:done")]
    [InlineData("~q~s", "is:pending is:done")]
    [InlineData("(~q)", "is:pending")]
    [InlineData("(~s | ~q) & x", "(is:done | is:pending) url:x")]
    [InlineData("!(a b)", "!(url:a url:b)")]
    [InlineData("a b | c d", "url:a url:b | url:c url:d")]
    [InlineData("a AND b OR NOT c", "url:a url:b | !url:c")]
    [InlineData("-a", "!url:a")]
    [InlineData("!!a", "!!url:a")]
    [InlineData("a|b&c", "url:a | url:b url:c")]
    [InlineData("ORANGE ANDROID", "url:ORANGE url:ANDROID")]
    [InlineData("host:a,b", "host:a | host:b")]
    [InlineData("host!=a,b", "host!=a host!=b")]
    [InlineData("host:\"a,b\"", "host:\"a,b\"")]
    [InlineData("domain=A.example", "host=A.example")]
    [InlineData("header.X-Test:y", "header.x-test:y")]
    [InlineData("path!=/a.b/", "!path:/a.b/")]
    [InlineData("~c 404", "status:404")]
    [InlineData("~c '404'", "status:404")]
    [InlineData("~c 4xx,500", "status:400..499 | status:500")]
    [InlineData("~c >=500", "status>=500")]
    [InlineData("status:400..", "status:400..")]
    [InlineData("size>1mb", "size>1000000")]
    [InlineData("size>1.5kib", "size>1536")]
    [InlineData("duration>=250ms", "duration>=250000us")]
    [InlineData("ttfb:1..2s", "ttfb:1000us..2000000us")]
    [InlineData("time>-5m", "time>-300000000us")]
    [InlineData("time:-5m", "time:-300000000us..")]
    [InlineData("time:2026-11-20", "time:2026-11-20T00:00:00.000000Z..2026-11-20T23:59:59.999999Z")]
    [InlineData("time>2026-11-20", "time>2026-11-20T23:59:59.999999Z")]
    [InlineData("time<13:05", "time<2026-11-20T13:05:00.000000Z")]
    [InlineData("is:ws is!=error", "is:ws !is:error")]
    [InlineData("server::443", "server:\":443\"")]
    public void Parse_GivesThisTree(string text, string printed)
    {
        var tree = Parse(text).Tree;
        Assert.Null(Parse(text).Error);
        Assert.Equal(printed, FilterPrinter.Print(tree!));
        Assert.Equal(tree, Parse(printed.Length == 0 ? "~all" : printed).Tree);
    }

    [Theory]
    [InlineData("~z", 0, 2, "Unknown operator ~z; did you mean ~d?", "~d")]
    [InlineData("a ~marke x", 2, 6, "did you mean ~marked?", "~marked")]
    [InlineData("~U x", 0, 2, "did you mean ~u?", "~u")]
    [InlineData("hots:x", 0, 4, "did you mean host:?", "host")]
    [InlineData("is:eror", 3, 4, "did you mean is:error?", "error")]
    [InlineData("is:", 3, 0, "A word is missing", null)]
    [InlineData("host:", 5, 0, "A value is missing after “host:”", null)]
    [InlineData("~u", 2, 0, "~u needs a regular expression", null)]
    [InlineData("~c", 2, 0, "~c needs a status code", null)]
    [InlineData("~c abc", 3, 3, "“abc” is not what status", null)]
    [InlineData("~u '['", 3, 3, "This is not a regular expression: Unterminated [] set.", null)]
    [InlineData("(a", 0, 1, "never closed", null)]
    [InlineData("a)", 1, 1, "no opening one", "")]
    [InlineData("()", 0, 2, "nothing in these parentheses", "")]
    [InlineData("a |", 3, 0, "ends where a term is missing", null)]
    [InlineData("| a", 0, 1, "A term is missing before “|”", null)]
    [InlineData("a OR OR b", 5, 2, "A term is missing before OR", null)]
    [InlineData("\"a", 0, 1, "This quote is never closed", null)]
    [InlineData("host>5", 0, 5, "host is a text", null)]
    [InlineData("size:big", 5, 3, "“big” is not what size", null)]
    [InlineData("status:5..4", 7, 4, "ends before it begins", null)]
    [InlineData("status>4xx", 7, 3, "A range cannot be compared", null)]
    [InlineData("time:soon", 5, 4, "“soon” is not a time", null)]
    [InlineData("cookie:x", 0, 6, "cookie needs a name", null)]
    [InlineData("header.:x", 7, 0, "A name is missing", null)]
    [InlineData("grpc:x", 0, 4, "not available yet", null)]
    [InlineData("host:(a|b)", 5, 1, "cannot begin with a parenthesis", null)]
    public void Parse_Wrong_SaysWhereAndWhat(string text, int position, int length, string message, string? suggestion)
    {
        var (tree, error) = Parse(text);
        Assert.Null(tree);
        Assert.NotNull(error);
        Assert.Equal((position, length, suggestion), (error.Position, error.Length, error.Suggestion));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(error.Message.EndsWith('?') ? "?" : ".", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "All flows.")]
    [InlineData("example !~e", "Flows where the URL contains “example” and the flow has not failed.")]
    [InlineData("~d example | (status:4xx size>1.5mb)", "Flows where the host matches /example/ or (the status is 400 to 499 and the response body's size is more than 1.5 MB).")]
    [InlineData("time>-5m duration>=250ms", "Flows where it began after 5 min ago and the duration is at least 250 ms.")]
    [InlineData("a.b", "Flows where the URL contains “a.b” or matches it as a regular expression.")]
    [InlineData("~marked", "Flows where the flow is marked.")]
    [InlineData("~replay", "Flows where the flow was replayed. (MitmWeb cannot replay yet.)")]
    [InlineData("header.host!=x -~s", "Flows where the header host is not “x” and the flow does not have a response.")]
    public void Description_IsASentence(string text, string sentence)
    {
        Assert.True(FlowFilter.TryParse(text, out var filter, out _, new FixedTime(Now)));
        Assert.Equal(sentence, filter.Description);
    }

    [Fact]
    public void Parse_TooMuch_SaysSo()
    {
        Assert.Contains("4001 characters", Parse(new string('x', 4001)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 200 terms", Parse(string.Join(' ', Enumerable.Repeat("x", 201))).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 200 terms", Parse("host:" + string.Join(',', Enumerable.Repeat("x", 201))).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 50 deep", Parse(new string('(', 4000)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 50 deep", Parse(new string('!', 4000)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 50 deep", Parse(string.Concat(Enumerable.Repeat("!(-", 1000))).Error!.Message, StringComparison.Ordinal);
        Assert.Null(Parse(new string('(', 50) + "x" + new string(')', 50)).Error);
        Assert.Null(Parse(string.Join(' ', Enumerable.Repeat("x", 200))).Error);
    }

    [Fact]
    public void Print_AndParse_GiveTheSameTree()
    {
        var generator = new FilterGenerator(1);
        for (var i = 0; i < 3000; i++)
        {
            var text = generator.Next();
            var (tree, error) = Parse(text);
            Assert.True(error is null, $"{text}: {error?.Message}");
            var printed = FilterPrinter.Print(tree!);
            var (again, problem) = Parse(printed);
            Assert.True(problem is null, $"{text} → {printed}: {problem?.Message}");
            Assert.True(tree is EverythingNode || tree!.Equals(again), $"{text} → {printed} → {FilterPrinter.Print(again!)}");
            Assert.NotEmpty(FilterDescription.Of(tree!));
        }
    }

    /// <summary>MITMWEB_FILTER_FUZZ=1000000 for the long form.</summary>
    [Fact]
    public void Parse_Anything_NeverThrows()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("MITMWEB_FILTER_FUZZ") ?? "20000", CultureInfo.InvariantCulture);
        string[] pieces =
        [
            "(", ")", "!", "-", "|", "&", "~", "~u", "~c", "~q", "host", ":", "=", ">", "<", "..", ",", "/", "\\", "\"", "'", " ", "AND", "OR", "NOT", "is", ".", "header",
            "time", "size", "9", "4xx", "-5m", "kb", "[", "a", "ä", "\0", "\ud800", "\udc00", "😀", "\u2028", "*", "{", "}", "(?", "99999999999999999999", "2026-11-20", "T", "Z",
        ];
        var generator = new FilterGenerator(2);
        var random = new Random(3);
        for (var i = 0; i < rounds; i++)
        {
            var text = new StringBuilder(random.Next(3) == 0 ? generator.Next() : "");
            for (var n = random.Next(12); n > 0; n--)
            {
                text.Insert(random.Next(text.Length + 1), pieces[random.Next(pieces.Length)]);
            }

            var (tree, error) = Parse(text.ToString());
            Assert.True(tree is null != error is null, text.ToString());
            if (error is not null)
            {
                Assert.InRange(error.Position, 0, text.Length);
                Assert.InRange(error.Length, 0, text.Length - error.Position);
            }
            else
            {
                var (again, problem) = Parse(FilterPrinter.Print(tree!));
                Assert.True(tree is EverythingNode || tree!.Equals(again), $"{text} → {FilterPrinter.Print(tree!)}: {problem?.Message}");
                Assert.NotEmpty(FilterDescription.Of(tree!));
            }
        }
    }

    private static (FilterNode? Tree, FilterError? Error) Parse(string text)
    {
        var parser = new FilterParser(text, Now, TimeZoneInfo.Utc, FilterLanguage.Plain, []);
        return (parser.Parse(), parser.Error);
    }
}
