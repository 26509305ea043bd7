using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

public sealed class HeaderListTests
{
    [Theory]
    [InlineData("A: b", "A", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("A:", "A", "")]
    [InlineData("A:   ", "A", "")]
    [InlineData("A:\t b \t", "A", "b")]
    [InlineData("A: b:c", "A", "b:c")]
    [InlineData("A : b", "A ", "b")]
    [InlineData(": b", "", "b")]
    [InlineData("no colon", "no colon", "")]
    [InlineData("A: caf\u00e9\u00ff", "A", "caf\u00e9\u00ff")]
    [InlineData("A: one\r\n  two\r\n\tthree", "A", "one\r\n  two\r\n\tthree")]
    [InlineData("A:\r\n b", "A", "\r\n b")]
    [InlineData("A: b\r\n  ", "A", "b\r\n")]
    public void Parse_OneLine_IsDescribedAsItIs(string line, string name, string value)
    {
        foreach (var end in new[] { "\r\n", "\n" })
        {
            var block = Encoding.Latin1.GetBytes(line + end + end);

            var list = HeaderList.Parse(block);

            var field = Assert.Single(list);
            Assert.Equal(name, field.Name);
            Assert.Equal(value, field.Value);
            Assert.Equal(line + end, Encoding.Latin1.GetString(block[list.LineRange(0)]));
        }
    }

    [Fact]
    public void Parse_LineThatBeginsWithWhiteSpaceFirst_IsNoFold() =>
        Assert.Equal(new HeaderField(" A", "b"), Assert.Single(HeaderList.Parse(" A: b\r\n\r\n"u8.ToArray())));

    [Fact]
    public void Duplicates_KeepTheirOrderAndCase()
    {
        var list = HeaderList.Parse("Set-Cookie: a\r\nX: 1\r\nset-cookie: b\r\n\r\n"u8.ToArray());

        Assert.Equal(["Set-Cookie", "X", "set-cookie"], list.Select(field => field.Name));
        Assert.Equal(0, list.IndexOf("SET-COOKIE"u8));
        Assert.Equal(2, list.IndexOf("SET-COOKIE"u8, 1));
        Assert.Equal(-1, list.IndexOf("SET-COOKIE"u8, 3));
        Assert.Equal("a", list.Find("set-Cookie"u8));
        Assert.Null(list.Find("set"u8));
        Assert.True(list.Contains("x"u8));
        Assert.False(list.Contains(""u8));
    }

    [Fact]
    public void LineRanges_CoverTheWholeBlockButTheEmptyLine()
    {
        const string Lines = "A: 1\r\n  more\r\nno colon\nB:2\r\n";
        var list = HeaderList.Parse(Encoding.Latin1.GetBytes(Lines + "\r\nbody: not a header\r\n"));

        Assert.Equal(Lines, string.Concat(Enumerable.Range(0, list.Count).Select(i => Lines[list.LineRange(i)])));
    }

    [Theory]
    [InlineData("Connection: close", true)]
    [InlineData("Connection: CLOSE", true)]
    [InlineData("connection: keep-alive, close", true)]
    [InlineData("connection: keep-alive ,\tclose ", true)]
    [InlineData("connection: ,,close,", true)]
    [InlineData("Connection: a\r\nX: y\r\nConnection: close", true)]
    [InlineData("Connection: closed", false)]
    [InlineData("Connection: clos", false)]
    [InlineData("Connection: not close", false)]
    [InlineData("Connection:", false)]
    [InlineData("X-Connection: close", false)]
    public void HasToken_LooksAtWholeTokensOfEveryLine(string lines, bool expected) =>
        Assert.Equal(expected, HeaderList.Parse(Encoding.Latin1.GetBytes(lines + "\r\n\r\n")).HasToken("Connection"u8, "close"u8));

    [Fact]
    public void Create_ThenRead_GivesTheSameFields()
    {
        HeaderField[] fields = [new("X-A", "1"), new("x-a", ""), new("Caf\u00e9", "na\u00efve \u00ff"), new("Odd (name)", "a:b")];

        Assert.Equal(fields, HeaderList.Create(fields));
        Assert.Empty(HeaderList.Create([]));
    }

    [Fact]
    public void Create_CharactersBeyondLatin1_BecomeUtf8() =>
        Assert.Equal("\u20ac", Encoding.UTF8.GetString(HeaderList.Create([new HeaderField("A", "\u20ac")]).ValueBytes(0)));

    [Theory]
    [InlineData("A", "b\r\nInjected: 1")]
    [InlineData("A", "b\nInjected: 1")]
    [InlineData("A", "b\rInjected: 1")]
    [InlineData("A", "b\0")]
    [InlineData("A\r\nInjected", "b")]
    public void Create_WithWhatWouldBreakOutOfTheLine_Throws(string name, string value)
    {
        HeaderField[] fields = [new(name, value)];

        Assert.Throws<ArgumentException>(() => HeaderList.Create(fields));
        Assert.Throws<ArgumentException>(() => RequestHead.Create("GET", "/", "HTTP/1.1", fields));
        Assert.Throws<ArgumentException>(() => ResponseHead.Create("HTTP/1.1", 200, "OK", fields));
    }
}
