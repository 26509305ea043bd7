using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Tests.Cli;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_CountsChanges(string a, string b, int expected) => Assert.Equal(expected, NearestName.Distance(a, b));

    [Fact]
    public void Find_NothingClose_IsNull() => Assert.Null(NearestName.Find("--colour", ["--session", "--confdir"]));
}
