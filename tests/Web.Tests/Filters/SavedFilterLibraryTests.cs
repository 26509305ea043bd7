using MitmWeb.Proxy.Filters;
using MitmWeb.Web.Filters;

namespace MitmWeb.Web.Tests.Filters;

public sealed class SavedFilterLibraryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-views-");

    private string File => Path.Combine(_folder.FullName, "views.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Library_AfterARestart_IsWhatItWas()
    {
        var library = Open();
        library.SaveView("errors", null, "is:error");
        library.SaveView("mine", null, "host:me");
        library.SaveView("mine", "my own", "host:me.test");
        library.SetHighlights([new HighlightRule("view:errors", "red"), new HighlightRule("~m POST", "blue", false)]);
        Assert.Equal(library.Saved.Views, Open().Saved.Views);
        Assert.Equal(library.Saved.Highlights, Open().Saved.Highlights);
        Assert.True(FlowFilter.TryParse("view:\"My Own\"", out var filter, out _, language: library.Language));
        Assert.Equal("Flows where the host contains “me.test” (view “my own”).", filter.Description);
        Assert.Equal("view:\"my own\"", FilterPrinter.Print(filter.Tree));
        Assert.Throws<ArgumentException>(() => library.SaveView("errors", "my own", "a"));
        Assert.Throws<ArgumentException>(() => library.SaveView("errors", "failures", "is:error"));
        Assert.Throws<ArgumentException>(() => library.SaveView("a/b", null, "a"));
        Assert.Throws<ArgumentException>(() => library.SaveView("empty", null, " "));
        Assert.True(library.RemoveView("MY OWN"));
        Assert.False(library.RemoveView("my own"));
    }

    [Theory]
    [InlineData("{\"views\":")]
    [InlineData("{\"views\":[{\"name\":\"a/b\",\"filter\":\"x\"}]}")]
    [InlineData("{\"highlights\":[null]}")]
    public void Library_FileIsDamaged_IsToldAndKeptAside(string text)
    {
        System.IO.File.WriteAllText(File, text);
        var library = Open();
        Assert.Contains(File, library.Problem, StringComparison.Ordinal);
        Assert.Empty(library.Saved.Views);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
        library.SaveView("errors", null, "is:error");
        Assert.Null(library.Problem);
        Assert.Equal(text, System.IO.File.ReadAllText(File + ".damaged-1"));
        Assert.Single(Open().Saved.Views);
    }

    [Fact]
    public void View_OfAnUnreadableFilter_SaysWhich()
    {
        System.IO.File.WriteAllText(File, """{"views":[{"name":"a","filter":"view:b"},{"name":"b","filter":"view:a"},{"name":"c","filter":"~z x"}]}""");
        var language = Open().Language;
        Assert.False(FlowFilter.TryParse("x view:a", out _, out var error, language: language));
        Assert.Equal((7, "The view “a” cannot be used: The view “b” cannot be used: The view “a” would use itself: a → b → a."), (error.Position, error.Message));
        Assert.False(FlowFilter.TryParse("view:c", out _, out error, language: language));
        Assert.Contains("The view “c” cannot be used: Unknown operator ~z", error.Message, StringComparison.Ordinal);
    }

    private SavedFilterLibrary Open() => new(File, new FilterLanguage());
}
