using System.Net;
using System.Net.Http.Json;

namespace MitmWeb.Web.Tests.Api;

public sealed class PassThroughEndpointsTests
{
    [Fact]
    public async Task Post_Host_StandsInTheStateUntilItIsDeleted()
    {
        await using var dashboard = await Dashboard.Start();
        using var added = await dashboard.Client.PostAsJsonAsync("/api/pass-through", new { host = "api.example.com", client = "10.0.0.7" });
        Assert.Equal(HttpStatusCode.NoContent, added.StatusCode);
        var host = Assert.Single((await dashboard.Json("/api/state")).GetProperty("passThrough").GetProperty("hosts").EnumerateArray());
        Assert.Equal("api.example.com 10.0.0.7 0", $"{host.GetProperty("host")} {host.GetProperty("client")} {host.GetProperty("rejections")}");

        using var ofAll = await dashboard.Client.DeleteAsync("/api/pass-through?host=api.example.com");
        Assert.Equal(HttpStatusCode.NotFound, ofAll.StatusCode);
        using var removed = await dashboard.Client.DeleteAsync("/api/pass-through?host=api.example.com&client=10.0.0.7");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty((await dashboard.Json("/api/state")).GetProperty("passThrough").GetProperty("hosts").EnumerateArray());
    }

    [Theory]
    [InlineData("https://api.example.com/", null, "https://api.example.com/")]
    [InlineData("", null, "")]
    [InlineData("api.example.com", "somebody", "somebody")]
    public async Task Post_WhatIsNoHostOrClient_AnswersWithAProblemThatNamesIt(string host, string? client, string named)
    {
        await using var dashboard = await Dashboard.Start();
        using var response = await dashboard.Client.PostAsJsonAsync("/api/pass-through", new { host, client });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"“{named}”", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
