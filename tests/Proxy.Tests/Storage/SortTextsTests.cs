using System.Text;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class SortTextsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Places_AnyTexts_AreThoseOfTheirBytes(int seed)
    {
        var random = new Random(seed);
        var all = new[] { new SortTexts(), new SortTexts() };
        var known = new List<(byte[] Text, int Of, int Number)>();
        for (var i = 0; i < 4000; i++)
        {
            var text = Text(random);
            var of = random.Next(2);
            known.Add((text, of, all[of].Number(text)));
        }

        var places = SortTexts.Places(all);

        known.Sort((a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
        for (var i = 1; i < known.Count; i++)
        {
            var (before, after) = (known[i - 1], known[i]);
            var step = places[after.Of][after.Number] - places[before.Of][before.Number];
            Assert.Equal(before.Text.AsSpan().SequenceEqual(after.Text) ? 0 : 1, step);
        }
    }

    /// <summary>Alike at the beginning, of a few letters and zeros, so that many are the same, begin another one, or differ by zeros at the end.</summary>
    private static byte[] Text(Random random)
    {
        var beginning = random.Next(4) switch { 0 => "", 1 => "/api/v1/", 2 => "/api/v1/users/and/more/of/the/same/", _ => "/api" };
        var rest = new byte[random.Next(12)];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = random.Next(3) switch { 0 => 0, 1 => (byte)'a', _ => 0xff };
        }

        return [.. Encoding.ASCII.GetBytes(beginning), .. rest];
    }
}
