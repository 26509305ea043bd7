using System.Text;
using MitmWeb.Proxy.Content;

namespace MitmWeb.Proxy.Tests.Content;

public sealed class BodyRowsTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("a", 1, 1)]
    [InlineData("a\n", 1, 1)]
    [InlineData("a\n\nb", 3, 3)]
    public async Task Count_ShortTexts(string text, long rows, long lines)
    {
        var counted = await BodyRows.Count(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None);
        Assert.Equal((text.Length, rows, lines), (counted.Length, counted.Rows, counted.Lines));
    }

    [Fact]
    public async Task Count_LongLine_IsCutBetweenCharacters()
    {
        // 255 bytes and then characters of three: the first row ends before one that would not fit.
        var text = new string('x', 255) + new string('€', 200);
        var counted = await BodyRows.Count(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None);
        Assert.Equal((855, 4, 1), (counted.Length, counted.Rows, counted.Lines));
    }

    [Fact]
    public async Task Count_Marks_AreWhereTheRowsBegin()
    {
        var text = new StringBuilder();
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            text.Append('z', random.Next(i % 50 == 0 ? 3000 : 90)).Append('\n');
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var counted = await BodyRows.Count(new MemoryStream(bytes), CancellationToken.None);
        Assert.Equal(20_000, counted.Lines);
        Assert.True(counted.Marks.Count > 10);
        foreach (var (mark, next) in counted.Marks.Zip(counted.Marks.Skip(1)))
        {
            var part = await BodyRows.Count(new MemoryStream(bytes, (int)mark.At, (int)(next.At - mark.At)), CancellationToken.None);
            Assert.Equal(next.Row - mark.Row, part.Rows);
            Assert.Equal(next.Line, 1 + bytes.AsSpan(0, (int)next.At).Count((byte)'\n'));
            Assert.Equal(next.Continued, bytes[next.At - 1] != '\n');
        }
    }
}
