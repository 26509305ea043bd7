using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

public sealed class HeadParserTests
{
    [Theory]
    [InlineData("", -1)]
    [InlineData("GET / HTTP/1.1", -1)]
    [InlineData("GET / HTTP/1.1\r\n", -1)]
    [InlineData("GET / HTTP/1.1\r\n\r", -1)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 18)]
    [InlineData("GET / HTTP/1.1\r\n\r\nbody\r\n\r\n", 18)]
    [InlineData("GET / HTTP/1.1\n\n", 16)]
    [InlineData("GET / HTTP/1.1\n\r\n", 17)]
    [InlineData("GET / HTTP/1.1\r\n\n", 17)]
    [InlineData("a\rb\r\rc\r\n\r\n", 10)]
    public void FindEnd_IsTheByteAfterTheEmptyLine(string text, int expected) => Assert.Equal(expected, HeadParser.FindEnd(Latin1(text)));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nA: b\r\n\r\nrest")]
    [InlineData("GET / HTTP/1.1\nA: b\n\nrest")]
    [InlineData("GET / HTTP/1.1\nA: b\n\r\nrest")]
    public void FindEnd_CutAnywhere_IsFoundAllTheSame(string text)
    {
        var bytes = Latin1(text);
        var expected = HeadParser.FindEnd(bytes);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            var first = HeadParser.FindEnd(bytes.AsSpan(0, cut));
            Assert.Equal(cut < expected ? -1 : expected, first);
            Assert.Equal(expected, first >= 0 ? first : HeadParser.FindEnd(bytes, cut));
        }
    }

    [Theory]
    [InlineData("a\r\nb", "a", 3)]
    [InlineData("a\nb", "a", 2)]
    [InlineData("\r\nb", "", 2)]
    [InlineData("\nb", "", 1)]
    [InlineData("a\r\r\nb", "a\r", 4)]
    [InlineData("a", "a", 1)]
    [InlineData("", "", 0)]
    public void FirstLine_IsGivenWithoutItsEnd(string text, string expected, int expectedNext)
    {
        Assert.Equal(expected, Encoding.Latin1.GetString(HeadParser.FirstLine(Latin1(text), out var next)));
        Assert.Equal(expectedNext, next);
    }

    [Fact]
    public void ParseLines_MoreThanFitOnTheStack_AreAllThereInOrder()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"X-{i}: {i}\r\n")) + "\r\n";

        var list = HeaderList.Parse(Latin1(text));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => new HeaderField($"X-{i}", $"{i}")), list);
    }

    [Fact]
    public void ParseLines_WithoutTheEmptyLine_EndAtTheEnd() =>
        Assert.Equal([new HeaderField("A", "1"), new HeaderField("B", "2")], HeaderList.Parse("A: 1\r\nB: 2"u8.ToArray()));

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
