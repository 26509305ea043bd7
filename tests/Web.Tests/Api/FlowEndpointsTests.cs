using System.Net;

namespace MitmWeb.Web.Tests.Api;

public sealed class FlowEndpointsTests
{
    [Fact]
    public async Task List_FilterSortOffsetLimit_GivesTheWindow()
    {
        await using var dashboard = await Dashboard.Start();
        for (var i = 0; i < 5; i++)
        {
            await dashboard.Record($"/{i}", i < 3 ? "one.example" : "two.example");
        }

        var all = await dashboard.Json("/api/flows");
        Assert.Equal(5, all.GetProperty("total").GetInt64());
        Assert.Equal(0, all.GetProperty("offset").GetInt64());
        Assert.Equal(all.GetProperty("flows").EnumerateArray().Max(row => row.GetProperty("seq").GetInt64()), all.GetProperty("seq").GetInt64());
        var page = await dashboard.Json("/api/flows?filter=ONE.example&sort=-id&offset=1&limit=1");
        Assert.Equal(3, page.GetProperty("total").GetInt64());
        var row = Assert.Single(page.GetProperty("flows").EnumerateArray());
        Assert.Equal("/1", row.GetProperty("path").GetString());
        Assert.Equal("2026-11-20T13:00:00.123456Z", row.GetProperty("startedAt").GetString());
        Assert.Equal(
            ["id", "seq", "kind", "state", "startedAt", "method", "scheme", "host", "port", "path", "status", "reason", "contentType", "requestSize",
                "responseSize", "durationMs", "ttfbMs", "httpVersion", "serverHttpVersion", "clientAddress", "serverAddress", "error", "modifiedBy",
                "marker", "comment", "tags", "pinned"],
            row.EnumerateObject().Select(property => property.Name));
        Assert.Equal("http done 200 application/json", $"{row.GetProperty("kind")} {row.GetProperty("state")} {row.GetProperty("status")} {row.GetProperty("contentType")}");
        Assert.Equal(84.2, row.GetProperty("durationMs").GetDouble());
    }

    [Theory]
    [InlineData("/api/flows?sort=colour", "colour")]
    [InlineData("/api/flows?limit=1001", "1001")]
    [InlineData("/api/flows?limit=-1", "-1")]
    [InlineData("/api/flows?limit=many", "many")]
    [InlineData("/api/flows?offset=-5", "-5")]
    [InlineData("/api/flows?offset=1e9", "1e9")]
    [InlineData("/api/flows/x", "x")]
    [InlineData("/api/flows/-1", "-1")]
    [InlineData("/api/flows/1/response/body?as=xml", "xml")]
    [InlineData("/api/flows/1/response/body?decoded=perhaps", "perhaps")]
    public async Task Get_BadParameter_AnswersWithAProblemThatNamesIt(string path, string named)
    {
        await using var dashboard = await Dashboard.Start();
        using var response = await dashboard.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"“{named}”", (await dashboard.Json(path, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/flows/99")]
    [InlineData("/api/flows/99/request/body")]
    [InlineData("/api/nothing")]
    public async Task Get_WhatIsNotThere_AnswersNotFound(string path)
    {
        await using var dashboard = await Dashboard.Start();
        Assert.NotEmpty((await dashboard.Json(path, HttpStatusCode.NotFound)).GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Get_Detail_HasHeadsTimingsAndConnections()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(body: [1, 2, 3]);
        var detail = await dashboard.Json($"/api/flows/{flow.Id}");
        Assert.Equal(flow.Id, detail.GetProperty("id").GetInt64());
        Assert.Equal("[[\"Host\",\"api.example.com\"]]", detail.GetProperty("request").GetProperty("headers").GetRawText());
        Assert.Equal(flow.Response!.Raw.Length, detail.GetProperty("response").GetProperty("headSize").GetInt32());
        Assert.Equal(3, detail.GetProperty("response").GetProperty("bodySize").GetInt32());
        Assert.Equal(84.2, detail.GetProperty("timings").GetProperty("points").GetProperty("end").GetDouble());
        Assert.Equal("null", detail.GetProperty("timings").GetProperty("dnsMs").GetRawText());
        Assert.Equal(1.5, detail.GetProperty("timings").GetProperty("blockedMs").GetDouble());
        Assert.Equal(61, detail.GetProperty("request").GetProperty("headWireSize").GetInt64());
        Assert.Equal(0, detail.GetProperty("request").GetProperty("bodyWireSize").GetInt64());
        Assert.Equal(72, detail.GetProperty("response").GetProperty("headWireSize").GetInt64());
        Assert.Equal("null", detail.GetProperty("response").GetProperty("bodyWireSize").GetRawText());
        Assert.Equal("127.0.0.1:50312", detail.GetProperty("clientConnection").GetProperty("address").GetString());
        Assert.Equal("null", detail.GetProperty("serverConnection").GetRawText());
        Assert.Equal(0, detail.GetProperty("interim").GetArrayLength());
    }

    [Fact]
    public async Task Delete_OneThenAll_AreGone()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record();
        await dashboard.Record();
        await dashboard.Record();
        Assert.Equal(HttpStatusCode.OK, (await dashboard.Client.DeleteAsync($"/api/flows/{flow.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.Client.DeleteAsync($"/api/flows/{flow.Id}")).StatusCode);
        Assert.Equal(2, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await dashboard.Client.DeleteAsync("/api/flows")).StatusCode);
        Assert.Equal(0, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Delete_UpToAnId_LaterOnesStay()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/1");
        var second = await dashboard.Record("/2");
        var third = await dashboard.Record("/3");
        Assert.Equal(HttpStatusCode.OK, (await dashboard.Client.DeleteAsync($"/api/flows?upTo={second.Id}")).StatusCode);
        var left = await dashboard.Json("/api/flows");
        Assert.Equal(1, left.GetProperty("total").GetInt64());
        Assert.Equal(third.Id, left.GetProperty("flows")[0].GetProperty("id").GetInt64());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("all")]
    public async Task Delete_UpToWhatIsNoId_DeletesNothing(string upTo)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record();
        Assert.Equal(HttpStatusCode.BadRequest, (await dashboard.Client.DeleteAsync($"/api/flows?upTo={upTo}")).StatusCode);
        Assert.Equal(1, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Get_StateAndOpenApi_AreDescribed()
    {
        await using var dashboard = await Dashboard.Start();
        var state = await dashboard.Json("/api/state");
        Assert.Equal("session", state.GetProperty("session").GetProperty("name").GetString());
        Assert.Equal("1970-01-01T00:00:00.000000Z", state.GetProperty("startedAt").GetString());

        var document = await dashboard.Json("/api/openapi.json");
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        Assert.Equal(
            [
                "/api/state", "/api/flows", "/api/flows/{id}", "/api/flows/delete", "/api/flows/summary", "/api/deletions", "/api/deletions/{id}/undo", "/api/filter", "/api/filter/help",
                "/api/views", "/api/views/{name}", "/api/highlights", "/api/highlights/match",
                "/api/flows/{id}/request/body", "/api/flows/{id}/request/body/rows", "/api/flows/{id}/request/body/search",
                "/api/flows/{id}/response/body", "/api/flows/{id}/response/body/rows", "/api/flows/{id}/response/body/search",
                "/api/flows/{id}/certificates",
                "/api/pass-through", "/api/audit", "/api/flows/{id}/audit", "/api/sql", "/api/sql/file", "/api/body-index", "/api/recording",
                "/api/session", "/api/sessions", "/api/sessions/live", "/api/sessions/rename", "/api/sessions/elsewhere",
                "/api/sessions/duplicate", "/api/sessions/merge", "/api/sessions/compact", "/api/sessions/upgrade", "/api/sessions/jobs/{id}",
                "/api/retention",
            ],
            paths);
        var parameters = document.GetProperty("paths").GetProperty("/api/flows").GetProperty("get").GetProperty("parameters");
        Assert.Equal(5, parameters.GetArrayLength());
        Assert.All(parameters.EnumerateArray(), parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
        Assert.Equal("integer", parameters[3].GetProperty("schema").GetProperty("type").GetString());
        Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty("FlowDetailDto", out var detail));
        Assert.True(detail.GetProperty("properties").TryGetProperty("timings", out _));
    }
}
