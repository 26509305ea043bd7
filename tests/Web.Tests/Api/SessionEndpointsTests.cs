using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Tests.Hubs;

namespace MitmWeb.Web.Tests.Api;

public sealed class SessionEndpointsTests : IAsyncLifetime
{
    private Dashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await Dashboard.Start();

    public async Task DisposeAsync() => await _dashboard.DisposeAsync();

    [Fact]
    public async Task Create_NewSession_FlowsGoThereAndTheOneBeforeIsInTheList()
    {
        await _dashboard.Record("/before");

        var created = await Post("/api/sessions", new { name = "bug 42" });
        await _dashboard.Record("/after");

        Assert.Equal("bug 42", created.GetProperty("key").GetString());
        Assert.Equal("/after", Assert.Single((await _dashboard.Json("/api/flows")).GetProperty("flows").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal("bug 42", (await _dashboard.Json("/api/state")).GetProperty("session").GetProperty("name").GetString());
        var list = (await _dashboard.Json("/api/sessions")).GetProperty("sessions").EnumerateArray().ToArray();
        Assert.Equal([("bug 42", "live", 1L), ("session", "finishing", 1L)], list.Select(Brief));
    }

    [Fact]
    public async Task Session_Parameter_ShowsTheStoredOneBesideTheLiveOne()
    {
        var flow = await _dashboard.Record("/before", body: "hello"u8.ToArray());
        await Post("/api/sessions", new { name = "new" });
        await _dashboard.Record("/after");
        await Closed("session");

        Assert.Equal("/before", (await _dashboard.Json("/api/flows?session=session")).GetProperty("flows")[0].GetProperty("path").GetString());
        Assert.Equal("/before", (await _dashboard.Json($"/api/flows/{flow.Id}?session=session")).GetProperty("path").GetString());
        Assert.Equal("hello", await _dashboard.Client.GetStringAsync($"/api/flows/{flow.Id}/response/body?session=session"));
        Assert.EndsWith("session.mitmweb", (await _dashboard.Json("/api/audit?session=session")).GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Contains("api.example.com", (await _dashboard.Json("/api/filter?text=host:&cursor=5&session=session")).GetRawText(), StringComparison.Ordinal);
        var session = await _dashboard.Json("/api/session?session=session");
        Assert.Equal((true, 1), (session.GetProperty("readOnly").GetBoolean(), session.GetProperty("flows").GetInt32()));
        Assert.False((await _dashboard.Json("/api/session")).GetProperty("readOnly").GetBoolean());
        using var deletion = await _dashboard.Client.DeleteAsync($"/api/flows/{flow.Id}?session=session");
        Assert.Equal(HttpStatusCode.Conflict, deletion.StatusCode);
    }

    [Fact]
    public async Task Session_Unknown_IsToldInWords()
    {
        var problem = await _dashboard.Json("/api/flows?session=nowhere", HttpStatusCode.NotFound);
        Assert.Contains("no session “nowhere”", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_OfALiveTab_IsToldToLoadAnewAndThenOfTheNewSession()
    {
        await _dashboard.Record("/before");
        using var hub = await HubClient.Connect(_dashboard);
        await hub.Open();
        Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt32());

        await Post("/api/sessions", new { name = "new" });

        var reset = await hub.Pushed("view");
        Assert.True(reset.GetProperty("anew").GetBoolean());
        Assert.Equal(0, reset.GetProperty("total").GetInt32());
        await _dashboard.Record("/after");
        var change = await hub.Pushed("view");
        Assert.Equal(1, change.GetProperty("total").GetInt32());
        Assert.Equal("/after", change.GetProperty("rows")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Hub_OfAStoredSession_KnowsItsFlowsAndHearsNothingOfTheLiveOne()
    {
        await _dashboard.Record("/before");
        await Post("/api/sessions", new { name = "new" });
        await Closed("session");
        using var hub = await HubClient.Connect(_dashboard, "?session=session");

        await hub.Open("path:/before");

        Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt32());
        Assert.True((await _dashboard.Json("/api/sessions")).GetProperty("sessions").EnumerateArray().Single(one => one.GetProperty("key").GetString() == "session").GetProperty("isRead").GetBoolean());
        await _dashboard.Record("/before");
        await _dashboard.Record("/before");
        await hub.Open("path:/before");
        Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Rename_TheLiveOne_GoesOnUnderItsNewName()
    {
        await _dashboard.Record("/before");
        await Post("/api/sessions/rename", new { session = "session", name = "bug 42" }, HttpStatusCode.NoContent);
        await _dashboard.Record("/after");

        var session = await _dashboard.Json("/api/session");
        Assert.Equal(("bug 42", "bug 42", 2L), (session.GetProperty("key").GetString(), session.GetProperty("name").GetString(), session.GetProperty("flows").GetInt64()));
        var list = (await _dashboard.Json("/api/sessions")).GetProperty("sessions").EnumerateArray().Select(Brief).ToArray();
        Assert.Equal([("bug 42", "live", 2L)], list);
        Assert.Equal(2, (await _dashboard.Json("/api/flows?session=bug%2042")).GetProperty("total").GetInt64());
        await _dashboard.Json("/api/flows?session=session", HttpStatusCode.NotFound);
        var taken = await Post("/api/sessions/rename", new { session = "bug 42", name = "a/b" }, HttpStatusCode.Conflict);
        Assert.Contains("cannot be the name of a file", taken.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_TheLiveOne_SaysWhyNot()
    {
        using var deleted = await _dashboard.Client.DeleteAsync("/api/sessions?name=session");
        Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
        Assert.True(File.Exists(_dashboard.Store.Session.Path));
    }

    [Fact]
    public async Task DuplicateMergeCompactRenameDelete_OfStoredSessions_AreDone()
    {
        await _dashboard.Record("/one");
        await Post("/api/sessions", new { name = "two" });
        await _dashboard.Record("/two");
        await Post("/api/sessions", new { name = "three" });
        await Closed("two");

        await Job("/api/sessions/duplicate", new { session = "two", name = "copy" });
        await Job("/api/sessions/merge", new { sessions = new[] { "session", "two", "copy" }, name = "all" });
        await Job("/api/sessions/compact", new { session = "all" });
        await Job("/api/sessions/compact", new { session = "three" });
        await Post("/api/sessions/rename", new { session = "all", name = "everything" }, HttpStatusCode.NoContent);
        using var deleted = await _dashboard.Client.DeleteAsync("/api/sessions?name=copy");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var list = (await _dashboard.Json("/api/sessions")).GetProperty("sessions").EnumerateArray().Select(Brief).ToArray();
        Assert.Equal(("three", "live", 0L), list[0]);
        Assert.Equal(["everything", "session", "three", "two"], list.Select(one => one.Key).Order());
        Assert.Equal(3, list.Single(one => one.Key == "everything").Flows);
    }

    [Fact]
    public async Task Record_StoredSession_GoesOnThere()
    {
        await _dashboard.Record("/one");
        await Post("/api/sessions", new { name = "two" });
        await Closed("session");

        await Post("/api/sessions/live", new { session = "session" });
        var flow = await _dashboard.Record("/again");

        Assert.Equal(2, flow.Id);
        Assert.Equal(2, (await _dashboard.Json("/api/flows")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Retention_IsSetAndShown_AndRemovesTheOldest()
    {
        for (var i = 0; i < 5; i++)
        {
            await _dashboard.Record($"/{i}");
        }

        using var refused = await _dashboard.Client.PutAsJsonAsync("/api/retention", new { maxFlows = 0 });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var set = await _dashboard.Client.PutAsJsonAsync("/api/retention", new { maxFlows = 2, maxAgeSeconds = 1e9 });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);

        for (var tries = 0; (await _dashboard.Json("/api/flows")).GetProperty("total").GetInt32() > 2; tries++)
        {
            Assert.True(tries < 1000, "Nothing was removed.");
            await Task.Delay(20);
        }

        var retention = (await _dashboard.Json("/api/state")).GetProperty("retention");
        Assert.Equal((2, 2), (retention.GetProperty("flows").GetInt32(), retention.GetProperty("maxFlows").GetInt32()));
        await Post("/api/sessions", new { name = "new" });
        Assert.Equal(2, (await _dashboard.Json("/api/state")).GetProperty("retention").GetProperty("maxFlows").GetInt32());
    }

    [Fact]
    public async Task Elsewhere_FileThatIsNoSession_IsRefused()
    {
        var path = Path.Combine(_dashboard.Folder, "notes.txt");
        await File.WriteAllTextAsync(path, "not a session");
        var refused = await Post("/api/sessions/elsewhere", new { session = path }, HttpStatusCode.Conflict);
        Assert.Contains("not a MitmWeb session", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static (string Key, string State, long Flows) Brief(JsonElement one) =>
        (one.GetProperty("key").GetString()!, one.GetProperty("state").GetString()!, one.GetProperty("flows").GetInt64());

    private async Task<JsonElement> Post(string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await _dashboard.Client.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private async Task Job(string path, object body)
    {
        var id = (await Post(path, body, HttpStatusCode.Accepted)).GetProperty("id").GetInt64();
        for (var tries = 0; tries < 1000; tries++)
        {
            var job = (await _dashboard.Json("/api/sessions")).GetProperty("jobs").EnumerateArray().Single(one => one.GetProperty("id").GetInt64() == id);
            if (job.GetProperty("state").GetString() != "running")
            {
                Assert.True(job.GetProperty("state").GetString() == "done", job.GetRawText());
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail("It did not end.");
    }

    /// <summary>Waits until no flow can run there any more.</summary>
    private async Task Closed(string session)
    {
        for (var tries = 0; _dashboard.Live.Finishing.Any(store => store.Session.Name == session); tries++)
        {
            Assert.True(tries < 1000, "It was not closed.");
            await Task.Delay(20);
        }
    }
}
