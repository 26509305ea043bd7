using System.Text.RegularExpressions;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Tests.Filters;

public sealed class RegexLiteralsTests
{
    [Theory]
    [InlineData("set-cookie", "set-cookie", true, true)]
    [InlineData("shop|news", "shop / news", true, true)]
    [InlineData("^user-agent: .*firefox", "user-agent:  + firefox", false, true)]
    [InlineData("a\\.example\\.com$", "a.example.com", false, true)]
    [InlineData("colou?r", "colo", false, true)]
    [InlineData("ab{2}cd", "cd", false, true)]
    [InlineData("page=1[0-9]", "page=1", false, true)]
    [InlineData("token[^a]x", "token", false, false)]
    [InlineData("token\\s+id", "token + id", false, false)]
    [InlineData("(abc)?def", "def", false, false)]
    [InlineData("(?:a|b)cd", "cd", false, false)]
    public void Of_APattern_TakesWhatMustBeThere(string pattern, string expected, bool whole, bool ofOneLine)
    {
        var literals = RegexLiterals.Of(pattern)!;
        Assert.Equal(expected, string.Join(" / ", literals.Branches.Select(branch => string.Join(" + ", branch))));
        Assert.Equal((whole, ofOneLine), (literals.IsWhole, literals.IsOfOneLine));
    }

    [Theory]
    [InlineData("a|bcd")]
    [InlineData("(?i)abc")]
    [InlineData("(?x)a b c")]
    [InlineData("\\x41bc")]
    [InlineData("[a-z-[b]]cd")]
    [InlineData("äpfel")]
    [InlineData("\\d+")]
    public void Of_APatternWithNothingCertain_TakesNothing(string pattern) => Assert.Null(RegexLiterals.Of(pattern));

    /// <summary>Where an expression is found, all texts of one of its branches are; where nothing but the texts is meant, also the other way round.</summary>
    [Fact]
    public void Of_RandomPatterns_NeverRulesOutATextThatIsFound()
    {
        var random = new Random(4);
        string[] parts = ["ab", "b", "cd", "a", ".", "*", "+", "?", "|", "^", "$", "(ab)", "(?:cd|a)", "[ab]", "[^c]", "\\.", "\\d", "{2}", "{0,1}", "-", " "];
        var (tried, helpful) = (0, 0);
        while (tried < 20_000)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => parts[random.Next(parts.Length)]));
            if (FilterRegex.Check(pattern) is not null || RegexLiterals.Of(pattern) is not { } literals)
            {
                tried++;
                continue;
            }

            var text = new string(Enumerable.Range(0, random.Next(0, 12)).Select(_ => "abcdABCD. -1"[random.Next(12)]).ToArray());
            var possible = literals.Branches.Any(branch => branch.All(part => text.Contains(part, StringComparison.OrdinalIgnoreCase)));
            var found = Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            Assert.True(possible || !found, $"{pattern} is found in “{text}”");
            Assert.True(!literals.IsWhole || possible == found, $"{pattern} and “{text}”");
            helpful += possible ? 0 : 1;
            tried++;
        }

        Assert.True(helpful > 1000);
    }
}
