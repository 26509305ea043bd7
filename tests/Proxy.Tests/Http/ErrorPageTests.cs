using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

public sealed class ErrorPageTests
{
    private const string Evil = "<script>alert('x')</script>&\"";

    [Fact]
    public void Create_ForABrowser_EscapesWhatOthersWrote()
    {
        var page = ErrorPage.Create(502, new FlowError(FlowStep.Dns, Evil, Evil, Evil), Accepting("text/html,*/*"), "http://a/" + Evil);

        var html = Encoding.UTF8.GetString(page.Body.Span);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, html.Split("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;").Length - 1);
        Assert.Contains(new HeaderField("Content-Type", "text/html; charset=utf-8"), page.Headers);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    public void Create_ForAProgram_IsPlainText(string accept)
    {
        var page = ErrorPage.Create(502, new FlowError(FlowStep.Connect, "It failed.", "detail", "fix"), Accepting(accept), "http://a/");

        Assert.Equal(
            "MitmWeb: It failed.\n\nFailed step: connecting to the server (TCP)\nAddress: http://a/\nWhat to do: fix\nDetail: detail\n",
            Encoding.UTF8.GetString(page.Body.Span));
        Assert.Contains(new HeaderField("Content-Type", "text/plain; charset=utf-8"), page.Headers);
        Assert.Contains(new HeaderField("X-MitmWeb-Error", "Connect"), page.Headers);
    }

    [Fact]
    public void StepInWords_EveryStep_HasItsOwn()
    {
        var words = Enum.GetValues<FlowStep>().Select(ErrorPage.StepInWords).ToList();

        Assert.Equal(words.Count, words.Distinct().Count());
    }

    private static RequestHead Accepting(string accept) => RequestHead.Create("GET", "/", "HTTP/1.1", [new HeaderField("Accept", accept)]);
}
