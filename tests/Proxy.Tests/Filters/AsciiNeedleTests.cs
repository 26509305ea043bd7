using System.Text;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Tests.Filters;

public sealed class AsciiNeedleTests
{
    [Fact]
    public void IsIn_RandomTexts_AsAPlainSearchSays()
    {
        var random = new Random(3);
        var found = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = Letters(random, random.Next(0, 200));
            var at = random.Next(0, text.Length + 1);
            var part = random.Next(2) == 0 ? text[at..random.Next(at, Math.Min(text.Length, at + 12) + 1)] : Letters(random, random.Next(0, 5));
            var expected = text.Contains(part, StringComparison.OrdinalIgnoreCase);
            Assert.True(new AsciiNeedle(part).IsIn(Encoding.ASCII.GetBytes(text)) == expected, $"“{part}” in “{text}”");
            found += expected ? 1 : 0;
        }

        Assert.InRange(found, 5000, 19_000);
    }

    [Fact]
    public void IsIn_BytesThatAreNoAscii_AreNeverLetters()
    {
        var all = Enumerable.Range(128, 128).SelectMany(value => Enumerable.Repeat((byte)value, 40)).ToArray();
        for (var letter = ' '; letter < 127; letter++)
        {
            Assert.False(new AsciiNeedle(letter.ToString()).IsIn(all));
        }
    }

    private static string Letters(Random random, int count) => new(Enumerable.Range(0, count).Select(_ => "abABk[{@`-_ "[random.Next(12)]).ToArray());
}
