using System.Text;
using MitmWeb.Proxy.Content;

namespace MitmWeb.Proxy.Tests.Content;

public sealed class BodySearchTests
{
    [Theory]
    [InlineData("a.c", false, true, "abc a.c A.C", "4+3")]
    [InlineData("a.c", false, false, "abc a.c A.C", "4+3 8+3")]
    [InlineData("a.c", true, true, "abc a.c A.C", "0+3 4+3")]
    [InlineData("^b", true, true, "a\nb\nab\nb", "2+1 7+1")]
    [InlineData("x*", true, true, "axxb", "1+2")]
    [InlineData("grün", false, false, "ein grüner GRÜN", "4+5 12+5")]
    [InlineData("🙂", false, true, "a🙂🙂", "1+4 5+4")]
    [InlineData("(?<=a)b", true, true, "ab bb ab", "1+1 7+1")]
    public async Task Find_GivesTheBytesOfEachMatch(string text, bool regex, bool matchCase, string body, string expected)
    {
        var result = await Find(Encoding.UTF8.GetBytes(body), new BodySearchQuery(text, regex, matchCase, "utf-8"));
        Assert.Equal(expected, string.Join(' ', result.Matches.Select(match => $"{match.At}+{match.Length}")));
        Assert.Equal(result.Matches.Count, result.Count);
        Assert.Null(result.Stopped);
    }

    [Fact]
    public async Task Find_BytesThatAreNoText_DoNotShiftWhatComesAfter()
    {
        var result = await Find([0xff, 0xfe, (byte)'a', 0xc3, (byte)'b', 0xe2, 0x82, (byte)'c'], new BodySearchQuery("[abc]", true, true, "utf-8"));
        Assert.Equal([2, 4, 7], result.Matches.Select(match => match.At));
    }

    [Theory]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    public async Task Find_Utf16_CountsTwoBytes(string charset)
    {
        var encoding = charset == "utf-16le" ? Encoding.Unicode : Encoding.BigEndianUnicode;
        var result = await Find(encoding.GetBytes("aä needle"), new BodySearchQuery("NEEDLE", false, false, charset));
        Assert.Equal(new BodyMatch(6, 12), Assert.Single(result.Matches));
    }

    [Fact]
    public async Task Find_LongBody_SeesEveryMatchOnceWhereverWindowsEnd()
    {
        // Odd lengths, with characters of one to four bytes, so that windows end anywhere.
        var text = new StringBuilder();
        var places = new List<long>();
        var bytes = 0L;
        for (var i = 0; i < 60_000; i++)
        {
            var filler = (i % 5) switch { 0 => "é", 1 => "€uro", 2 => "🙂", _ => new string('x', i % 37) };
            text.Append(filler).Append("needle").Append(i % 7 == 0 ? "\n" : " ");
            bytes += Encoding.UTF8.GetByteCount(filler);
            places.Add(bytes);
            bytes += 7;
        }

        var body = Encoding.UTF8.GetBytes(text.ToString());
        foreach (var regex in new[] { false, true })
        {
            var all = await Find(body, new BodySearchQuery(regex ? @"n[e]+dle\b" : "needle", regex, true, "utf-8"));
            Assert.Equal(60_000, all.Count);
            Assert.Equal(places.Take(5000), all.Matches.Select(match => match.At));
            var later = await Find(body, new BodySearchQuery("needle", false, true, "utf-8"), from: places[40_000], limit: 3);
            Assert.Equal(40_000, later.First);
            Assert.Equal(places.Skip(40_000).Take(3), later.Matches.Select(match => match.At));
        }
    }

    [Fact]
    public async Task Find_PatternThatExplodes_IsStopped()
    {
        var body = Encoding.ASCII.GetBytes(new string('a', 40) + "!");
        var result = await Find(body, new BodySearchQuery(@"^(a+)+\1$", true, true, "utf-8"));
        Assert.NotNull(result.Stopped);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("(", true)]
    public void Check_BadQuery_SaysWhatIsWrong(string text, bool regex) =>
        Assert.NotNull(BodySearch.Check(new BodySearchQuery(text, regex, true, "utf-8")));

    private static Task<BodySearchResult> Find(byte[] body, BodySearchQuery query, long from = 0, int limit = 5000) =>
        BodySearch.Find(new MemoryStream(body), query, from, limit, TimeProvider.System, CancellationToken.None);
}
