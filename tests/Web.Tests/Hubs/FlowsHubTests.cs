using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using MitmWeb.Proxy.Flows;
using MitmWeb.Web.Tests.Api;

namespace MitmWeb.Web.Tests.Hubs;

public sealed class FlowsHubTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task View_RandomChangesWindowsAndBreaks_IsWhatAFreshQueryAnswers(int seed)
    {
        await using var dashboard = await Dashboard.Start();
        var random = new Random(seed);
        string[] filters = ["", "one", "host:b.example", "~bs secret", "status:200 -path:two", "is:running"];
        string[] sorts = ["", "-id", "host", "-host", "path", "responseSize", "-responseSize", "-durationMs", "state"];
        var tabs = new List<TabModel>();
        for (var i = 0; i < 6; i++)
        {
            tabs.Add(await TabModel.Open(dashboard, filters[i], sorts[random.Next(sorts.Length)], random));
        }

        var running = new List<Flow>();
        for (var round = 0; round < 12; round++)
        {
            for (var i = random.Next(12); i >= 0; i--)
            {
                var flow = await dashboard.Record(
                    random.Next(2) == 0 ? $"/one/{random.Next(9)}" : "/two", random.Next(2) == 0 ? "a.example" : "b.example",
                    random.Next(3) == 0 ? "the secret"u8.ToArray() : new byte[random.Next(9)], end: random.Next(3) > 0);
                if (flow.State != FlowState.Done)
                {
                    running.Add(flow);
                }
            }

            foreach (var flow in running.Where(_ => random.Next(2) == 0).ToArray())
            {
                flow.State = FlowState.Done;
                flow.Timings.End = random.Next(90_000);
                await dashboard.Store.Ended(flow);
                running.Remove(flow);
            }

            await dashboard.Store.DeleteFlow(random.Next(1, 60));
            if (round == 7)
            {
                await dashboard.Store.DeleteFlowsUpTo(20);
            }

            foreach (var tab in tabs)
            {
                await tab.Act();
            }
        }

        await dashboard.Store.Flush();
        foreach (var tab in tabs)
        {
            await tab.AssertIsCurrent();
            tab.Dispose();
        }
    }

    [Fact]
    public async Task View_Sorted_RowsBeforeTheAnchorMoveTheWindow()
    {
        await using var dashboard = await Dashboard.Start();
        for (var i = 0; i < 20; i++)
        {
            await dashboard.Record($"/m{i:00}");
        }

        using var hub = await HubClient.Connect(dashboard);
        await hub.Open(sort: "path", start: 10, count: 5);
        var first = await hub.Pushed("view");
        Assert.Equal([11L, 12, 13, 14, 15], Ids(first));
        Assert.Equal(5, first.GetProperty("rows").GetArrayLength());
        await hub.Look(10, 5, anchor: 11, anchorAt: 10);
        await hub.Pushed("view");
        await dashboard.Record("/a");
        await dashboard.Record("/b");
        await dashboard.Record("/z");
        JsonElement message;
        do
        {
            message = await hub.Pushed("view");
            Assert.Equal(JsonValueKind.Null, message.GetProperty("ids").ValueKind);
            Assert.Equal(0, message.GetProperty("rows").GetArrayLength());
        }
        while (message.GetProperty("total").GetInt64() != 23);
        Assert.Equal(12, message.GetProperty("start").GetInt64());
        Assert.Equal(12, (await hub.Call("locate", "view", 11)).GetInt64());
        Assert.Equal(21, (await hub.Call("at", "view", 0)).GetInt64());
    }

    [Fact]
    public async Task Open_AgainAfterABreak_GoesOn()
    {
        await using var dashboard = await Dashboard.Start();
        var removed = await dashboard.Record("/removed");
        var watched = await dashboard.Record("/watched", end: false);
        string session;
        using (var hub = await HubClient.Connect(dashboard))
        {
            session = (await hub.Open("~bs secret | removed", "path")).GetProperty("session").GetString()!;
            Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt64());
        }

        await dashboard.Record("/missed", body: "the secret"u8.ToArray());
        await dashboard.Store.DeleteFlow(removed.Id);
        using var again = await HubClient.Connect(dashboard);
        JsonElement answer;
        do
        {
            // That the connection broke may not be known yet.
            answer = await again.Open("~bs secret | removed", "path", since: 1, session: session);
        }
        while (!answer.GetProperty("resumed").GetBoolean() && again.Windows < 3);
        Assert.False(answer.GetProperty("reset").GetBoolean());
        JsonElement message;
        do
        {
            message = await again.Pushed("view");
        }
        while (message.GetProperty("rows").GetArrayLength() == 0 || message.GetProperty("rows")[0].GetProperty("path").GetString() != "/missed");
        Assert.Equal(1, message.GetProperty("total").GetInt64());

        // What the details show is told although the filter hides it.
        await again.Look(0, 10, watched: watched.Id);
        watched.State = FlowState.Done;
        await dashboard.Store.Ended(watched);
        do
        {
            message = await again.Pushed("view");
        }
        while (message.GetProperty("watched").GetArrayLength() == 0);
        Assert.Equal("done", message.GetProperty("watched")[0].GetProperty("state").GetString());
        Assert.Equal(0, message.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task Open_AgainAfterASavedFilterHasChanged_IsAnotherView()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/one");
        await dashboard.Record("/two");
        await dashboard.Client.PutAsJsonAsync("/api/views/mine", new { filter = "path:one" });
        await dashboard.Client.PutAsJsonAsync("/api/views/other", new { filter = "!view:mine" });
        using (var hub = await HubClient.Connect(dashboard))
        {
            await hub.Open("view:other");
            var ids = Ids(await hub.Pushed("view"));
            Assert.Equal([2L], ids);
        }

        using (var same = await HubClient.Connect(dashboard))
        {
            Assert.True((await same.Open("view:other")).GetProperty("resumed").GetBoolean());
        }

        await dashboard.Client.PutAsJsonAsync("/api/views/mine", new { filter = "path:two" });
        using var again = await HubClient.Connect(dashboard);
        Assert.False((await again.Open("view:other")).GetProperty("resumed").GetBoolean());
        var now = Ids(await again.Pushed("view"));
        Assert.Equal([1L], now);
    }

    [Theory]
    [InlineData(0L, "another-session", true)]
    [InlineData(1000L, "same", true)]
    [InlineData(0L, "same", false)]
    [InlineData(null, null, false)]
    public async Task Open_SinceAnotherSession_SaysThatWhatIsKnownIsVoid(long? since, string? session, bool reset)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record();
        using var hub = await HubClient.Connect(dashboard);
        var answer = await hub.Open(since: since, session: session == "same" ? dashboard.Store.Session.Id : session);
        Assert.Equal(reset, answer.GetProperty("reset").GetBoolean());
        Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Delete_All_LoadsAnew()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record();
        using var hub = await HubClient.Connect(dashboard);
        await hub.Open(sort: "host");
        Assert.Equal(1, (await hub.Pushed("view")).GetProperty("total").GetInt64());
        await dashboard.Client.DeleteAsync("/api/flows");
        var all = await hub.Pushed("view");
        Assert.True(all.GetProperty("anew").GetBoolean());
        Assert.Equal(0, all.GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("x-too-long", "", "5000 characters")]
    [InlineData("", "nonsense", "not a column to sort by")]
    public async Task Open_CannotBeRead_FailsInPlainWords(string filter, string sort, string expected)
    {
        await using var dashboard = await Dashboard.Start();
        using var hub = await HubClient.Connect(dashboard);
        var answer = await hub.Open(filter.Length > 0 ? new string('x', 5000) : "", sort);
        Assert.Contains(expected, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ExpressionThatTakesTooLong_IsTold_AndTheNextViewComes()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/" + new string('a', 3000) + "!");
        using var hub = await HubClient.Connect(dashboard);
        await hub.Open("~u '(?<!x)(a+)+$'", view: "slow");
        await hub.Open("api.example.com", view: "quick");
        JsonElement message;
        do
        {
            message = await hub.Pushed("view");
        }
        while (message.GetProperty("view").GetString() != "quick");
        Assert.Equal(1, message.GetProperty("total").GetInt64());
        await hub.Open("~u '(?<!x)(a+)+$'", view: "again");
        do
        {
            message = await hub.Pushed("view");
        }
        while (message.GetProperty("error").ValueKind == JsonValueKind.Null);
        Assert.Contains("takes too long", message.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_Changed_IsPushed()
    {
        await using var dashboard = await Dashboard.Start();
        using var hub = await HubClient.Connect(dashboard);
        await hub.Open();
        dashboard.State.Raise();
        var state = await hub.Pushed("state");
        Assert.Equal("mitm.it", state.GetProperty("magicHost").GetString());
        Assert.Equal("1970-01-01T00:00:00.000000Z", state.GetProperty("startedAt").GetString());
    }

    [Fact]
    public async Task State_WhileFlowsArrive_IsPushedUntilItTellsOfAll()
    {
        await using var dashboard = await Dashboard.Start();
        using var hub = await HubClient.Connect(dashboard);
        await hub.Open();
        for (var i = 0; i < 10; i++)
        {
            await dashboard.Record();
        }

        var pushes = 0;
        JsonElement state;
        do
        {
            state = await hub.Pushed("state");
            pushes++;
        }
        while (state.GetProperty("session").GetProperty("flows").GetInt64() < 10);
        Assert.InRange(pushes, 1, 2);
    }

    [Fact]
    public async Task Look_WithHeaders_RowsHaveTheirValues()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/1", headers: "Content-Type: text/plain\r\nVia: one\r\nvia: two\r\n");
        await dashboard.Record("/2");
        using var tab = await HubClient.Connect(dashboard);
        await tab.Open();
        var first = await tab.Pushed("view");
        Assert.False(first.GetProperty("rows")[0].TryGetProperty("headers", out _));

        await tab.Look(0, 10, headers: ["response.VIA", "nonsense", "response.content-type"]);
        var rows = (await tab.Pushed("view")).GetProperty("rows").EnumerateArray().ToDictionary(
            row => row.GetProperty("path").GetString()!, row => string.Join('|', row.GetProperty("headers").EnumerateArray().Select(value => value.GetString() ?? "-")));
        Assert.Equal("one, two|-|text/plain", rows["/1"]);
        Assert.Equal("-|-|application/json; charset=utf-8", rows["/2"]);

        // A flow that comes now has them, and a tab without such columns is told none again.
        await dashboard.Record("/3", headers: "Via: three\r\n");
        Assert.Equal("three", (await tab.Pushed("view")).GetProperty("rows")[0].GetProperty("headers")[0].GetString());
        await tab.Look(0, 10);
        var without = (await tab.Pushed("view")).GetProperty("rows");
        Assert.Equal(3, without.GetArrayLength());
        Assert.False(without[0].TryGetProperty("headers", out _));
    }

    [Fact]
    public async Task Connect_WithoutATokenOrFromAnotherSite_IsRefused()
    {
        await using var dashboard = await Dashboard.Start();
        using var anonymous = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => anonymous.ConnectAsync(new Uri($"ws://{dashboard.Address.Authority}/hub"), CancellationToken.None));
        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Authorization", "Bearer " + Dashboard.Token);
        foreign.Options.SetRequestHeader("Origin", "http://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(new Uri($"ws://{dashboard.Address.Authority}/hub"), CancellationToken.None));
    }

    private static long[] Ids(JsonElement message) => [.. message.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];
}
