using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MitmWeb.Web.Tests.Api;

public sealed class NotesEndpointsTests
{
    [Fact]
    public async Task Annotate_OneFlowAndMany_ShowsInListAndDetails()
    {
        await using var dashboard = await Dashboard.Start();
        var first = await dashboard.Record("/1");
        await dashboard.Record("/2");
        await dashboard.Record("/3", end: false);
        Assert.Equal(HttpStatusCode.NoContent, await Patch($"/api/flows/{first.Id}", new { marker = "red", comment = "look", tags = new[] { "a", "b" }, pinned = true, meta = new { ticket = "42" } }));
        Assert.Equal(HttpStatusCode.NotFound, await Patch("/api/flows/99", new { marker = "red" }));
        Assert.Equal(HttpStatusCode.BadRequest, await Patch("/api/flows/1", new { marker = new string('x', 65) }));
        var detail = await dashboard.Json($"/api/flows/{first.Id}");
        Assert.Equal("red look [\"a\",\"b\"] true {\"ticket\":\"42\"}", string.Join(' ', new[]
        {
            detail.GetProperty("marker").GetString(), detail.GetProperty("comment").GetString(), detail.GetProperty("tags").GetRawText(),
            detail.GetProperty("pinned").GetRawText(), detail.GetProperty("meta").GetRawText(),
        }));

        Assert.Equal(HttpStatusCode.OK, await Patch("/api/flows", new { selection = new { filter = "path:/2 | is:running" }, change = new { addTags = new[] { "slow" } } }));
        Assert.Equal(HttpStatusCode.OK, await Patch("/api/flows", new { selection = new { ids = new[] { 1, 3 } }, change = new { removeTags = new[] { "A" }, marker = "" } }));
        Assert.Equal("2 3", await Paths("tag:slow"));
        Assert.Equal("1", await Paths("tag:b -tag:a -is:marked is:pinned meta.ticket=42"));
        Assert.Equal(HttpStatusCode.BadRequest, await Patch("/api/flows", new { selection = new { filter = "~z" }, change = new { pinned = true } }));
        Assert.Equal(HttpStatusCode.BadRequest, await Patch("/api/flows", new { selection = new { }, change = new { pinned = true } }));
        Assert.Equal(HttpStatusCode.BadRequest, await Patch("/api/flows", new { selection = new { ids = new[] { 1 } } }));

        async Task<HttpStatusCode> Patch(string path, object body) => (await dashboard.Client.PatchAsJsonAsync(path, body)).StatusCode;

        async Task<string> Paths(string filter) => string.Join(
            ' ',
            (await dashboard.Json("/api/flows?filter=" + Uri.EscapeDataString(filter))).GetProperty("flows").EnumerateArray()
                .Select(row => row.GetProperty("path").GetString()![1..]));
    }

    [Fact]
    public async Task Summary_OfIdsOrFilter_CountsBytesTimesAndHosts()
    {
        await using var dashboard = await Dashboard.Start();
        for (var i = 1; i <= 4; i++)
        {
            await dashboard.Record($"/{i}");
        }

        var rows = (await dashboard.Json("/api/flows")).GetProperty("flows").EnumerateArray().ToList();
        var all = await Summary(new { filter = "path:/", upTo = 3 });
        Assert.Equal(3, all.GetProperty("flows").GetInt64());
        Assert.Equal(rows.Take(3).Sum(row => row.GetProperty("responseSize").GetInt64()), all.GetProperty("responseSize").GetInt64());
        Assert.Equal(rows.Take(3).Max(row => row.GetProperty("durationMs").GetDouble()), all.GetProperty("slowestMs").GetDouble(), 3);
        Assert.Equal(1, all.GetProperty("hosts").GetInt32());
        Assert.Equal(3, all.GetProperty("topHosts")[0].GetProperty("flows").GetInt64());
        Assert.Equal("2xx", all.GetProperty("statuses")[0].GetProperty("name").GetString());
        Assert.True(all.GetProperty("spanMs").GetDouble() >= all.GetProperty("slowestMs").GetDouble());

        Assert.Equal(2, (await Summary(new { ids = new[] { 2, 4, 4, 77 } })).GetProperty("flows").GetInt64());
        Assert.Equal(JsonValueKind.Null, (await Summary(new { ids = new[] { 77 } })).GetProperty("meanMs").ValueKind);
        Assert.Equal(HttpStatusCode.BadRequest, (await dashboard.Client.PostAsJsonAsync("/api/flows/summary", new { filter = "~z" })).StatusCode);

        async Task<JsonElement> Summary(object selection)
        {
            var response = await dashboard.Client.PostAsJsonAsync("/api/flows/summary", selection);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    [Fact]
    public async Task Delete_Selection_CanBeUndoneOnce()
    {
        await using var dashboard = await Dashboard.Start();
        for (var i = 1; i <= 4; i++)
        {
            await dashboard.Record($"/{i}");
        }

        var deleted = await Post("/api/flows/delete", new { filter = "path:/", upTo = 3 });
        Assert.Equal(3, deleted.GetProperty("flows").GetInt64());
        Assert.Equal(1, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
        var id = deleted.GetProperty("id").GetInt64();
        Assert.Equal(id, (await dashboard.Json("/api/deletions"))[0].GetProperty("id").GetInt64());
        Assert.Equal(3, (await Post($"/api/deletions/{id}/undo", new { })).GetProperty("flows").GetInt64());
        Assert.Equal(4, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.Client.PostAsync($"/api/deletions/{id}/undo", null)).StatusCode);
        Assert.Equal(0, (await Post("/api/flows/delete", new { ids = new[] { 77 } })).GetProperty("flows").GetInt64());

        async Task<JsonElement> Post(string path, object body)
        {
            using var response = await dashboard.Client.PostAsJsonAsync(path, body);
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        }
    }

    [Fact]
    public async Task Views_AndHighlights_AreSavedUsedAndRefused()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/a", "one.example", "the secret"u8.ToArray());
        await dashboard.Record("/b", "two.example");
        Assert.Equal(HttpStatusCode.OK, await Put("/api/views/mine", new { filter = "host:one" }));
        Assert.Equal(HttpStatusCode.OK, await Put("/api/views/other", new { filter = "!view:mine" }));
        Assert.Equal(1, (await dashboard.Json("/api/flows?filter=view:OTHER")).GetProperty("total").GetInt64());
        Assert.Equal(2, (await dashboard.Json("/api/flows?filter=view:mine,other")).GetProperty("total").GetInt64());
        Assert.Equal("There is no view “mnie”; did you mean view:mine?", (await dashboard.Json("/api/flows?filter=view:mnie", HttpStatusCode.BadRequest)).GetProperty("detail").GetString());
        Assert.Contains("would use itself: mine → other → mine", await (await dashboard.Client.PutAsJsonAsync("/api/views/mine", new { filter = "view:other" })).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await dashboard.Client.DeleteAsync("/api/views/mine")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.Client.DeleteAsync("/api/views/none")).StatusCode);
        Assert.Contains("mine", (await dashboard.Json("/api/filter?text=view:&cursor=5")).GetProperty("completions").GetRawText(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, await Put("/api/highlights", new { highlights = new[] { new { filter = "a", color = "pink", enabled = true } } }));
        Assert.Equal(HttpStatusCode.OK, await Put("/api/highlights", new
        {
            highlights = new[] { new { filter = "view:mine", color = "red", enabled = false }, new { filter = "~b secret", color = "blue", enabled = true }, new { filter = "~all", color = "green", enabled = true } },
        }));
        using var answer = await dashboard.Client.PostAsJsonAsync("/api/highlights/match", new { ids = new[] { 1, 2, 3 } });
        var colors = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("colors");
        Assert.Equal("""{"1":"blue","2":"green"}""", colors.GetRawText());

        async Task<HttpStatusCode> Put(string path, object body) => (await dashboard.Client.PutAsJsonAsync(path, body)).StatusCode;
    }
}
