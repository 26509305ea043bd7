using System.Net.WebSockets;
using System.Text.Json;
using MitmWeb.Proxy.Flows;
using MitmWeb.Web.Tests.Api;

namespace MitmWeb.Web.Tests.Hubs;

public sealed class FlowsHubTests
{
    [Fact]
    public async Task Subscribe_ThenChanges_ArePushedOnceEachWithTheTotal()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/before");
        using var hub = await HubClient.Connect(dashboard);
        var answer = await hub.Subscribe();
        Assert.Equal(dashboard.Store.Session.Id, answer.GetProperty("session").GetString());
        Assert.Equal(1, answer.GetProperty("total").GetInt64());
        Assert.False(answer.GetProperty("reset").GetBoolean());

        var ids = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await dashboard.Record($"/{i}")).Id);
        }

        var (rows, total, seq) = (new Dictionary<long, JsonElement>(), 0L, answer.GetProperty("seq").GetInt64());
        while (total < 21 || rows.Count < 20)
        {
            var changes = await hub.Pushed("changes");
            Assert.True(changes.GetProperty("seq").GetInt64() > seq);
            seq = changes.GetProperty("seq").GetInt64();
            total = changes.GetProperty("total").GetInt64();
            var pushed = changes.GetProperty("rows").EnumerateArray().ToArray();
            Assert.Equal(pushed.Length, pushed.Select(row => row.GetProperty("id").GetInt64()).Distinct().Count());
            foreach (var row in pushed)
            {
                rows[row.GetProperty("id").GetInt64()] = row;
            }
        }

        Assert.Equal(ids, rows.Keys.Order());
        Assert.Equal(21, total);
    }

    [Fact]
    public async Task Subscribe_WithAFilter_OnlyMatchingRowsAndTheirNumber()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/one/0");
        using var hub = await HubClient.Connect(dashboard);
        Assert.Equal(1, (await hub.Subscribe("ONE")).GetProperty("total").GetInt64());
        await dashboard.Record("/two/1");
        var wanted = await dashboard.Record("/one/2");
        JsonElement changes;
        do
        {
            changes = await hub.Pushed("changes");
            Assert.All(changes.GetProperty("rows").EnumerateArray(), row => Assert.Equal(wanted.Id, row.GetProperty("id").GetInt64()));
        }
        while (changes.GetProperty("total").GetInt64() != 2);

        // Another subscription of the same connection takes its place.
        Assert.Equal(1, (await hub.Subscribe("two")).GetProperty("total").GetInt64());
        var last = await dashboard.Record("/two/3");
        changes = await hub.Pushed("changes");
        Assert.Equal(last.Id, changes.GetProperty("rows")[0].GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Subscribe_WithAFilterOfBodies_RowsAndTotalFollowWhatIsStored()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/before", body: "the secret"u8.ToArray());
        using var hub = await HubClient.Connect(dashboard);
        Assert.Equal(1, (await hub.Subscribe("~bs secret")).GetProperty("total").GetInt64());
        await dashboard.Record("/other", body: "nothing"u8.ToArray());
        var running = await dashboard.Record("/running", body: "a secret"u8.ToArray(), end: false);
        await dashboard.Store.OpenBody(running.Id, MessageSide.Response, CancellationToken.None);
        await Until(hub, 2, running.Id);
        running.State = FlowState.Done;
        await dashboard.Store.Ended(running);
        var last = await dashboard.Record("/last", body: "secret"u8.ToArray());
        await Until(hub, 3, last.Id);
        await dashboard.Client.DeleteAsync($"/api/flows/{running.Id}");
        while ((await hub.Pushed("changes")).GetProperty("total").GetInt64() != 2)
        {
            // Until the deleted flow is counted out.
        }

        // Pushes until that flow has come and that many match; flows that do not match never come.
        static async Task Until(HubClient hub, long total, long id)
        {
            var seen = new HashSet<string>();
            JsonElement changes;
            do
            {
                changes = await hub.Pushed("changes");
                seen.UnionWith(changes.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetInt64() + row.GetProperty("path").GetString()!));
            }
            while (changes.GetProperty("total").GetInt64() != total || !seen.Any(row => row.StartsWith($"{id}/", StringComparison.Ordinal)));
            Assert.DoesNotContain(seen, row => row.EndsWith("/other", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Subscribe_AfterABreak_GetsWhatItMissed()
    {
        await using var dashboard = await Dashboard.Start();
        var removed = await dashboard.Record("/removed");
        long seq;
        using (var hub = await HubClient.Connect(dashboard))
        {
            seq = (await hub.Subscribe()).GetProperty("seq").GetInt64();
        }

        var missed = await dashboard.Record("/missed");
        await dashboard.Store.DeleteFlow(removed.Id);
        using var again = await HubClient.Connect(dashboard);
        var answer = await again.Subscribe(since: seq, session: dashboard.Store.Session.Id);
        Assert.False(answer.GetProperty("reset").GetBoolean());
        var changes = await again.Pushed("changes");
        Assert.Equal(missed.Id, changes.GetProperty("rows")[0].GetProperty("id").GetInt64());
        Assert.Equal(removed.Id, changes.GetProperty("removed")[0].GetInt64());
        Assert.Equal(1, changes.GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData(0L, "another-session")]
    [InlineData(0L, null)]
    [InlineData(1000L, "same")]
    public async Task Subscribe_SinceWhatCannotBeTold_MustLoadAnew(long since, string? session)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record();
        using var hub = await HubClient.Connect(dashboard);
        var answer = await hub.Subscribe(since: since, session: session == "same" ? dashboard.Store.Session.Id : session);
        Assert.True(answer.GetProperty("reset").GetBoolean());
    }

    [Fact]
    public async Task Delete_OneAndAll_ArePushed()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record();
        await dashboard.Record();
        using var hub = await HubClient.Connect(dashboard);
        var seq = (await hub.Subscribe()).GetProperty("seq").GetInt64();
        await dashboard.Client.DeleteAsync($"/api/flows/{flow.Id}");
        var one = await hub.Pushed("changes");
        Assert.Equal(flow.Id, one.GetProperty("removed")[0].GetInt64());
        Assert.Equal(1, one.GetProperty("total").GetInt64());
        await dashboard.Client.DeleteAsync("/api/flows");
        var all = await hub.Pushed("changes");
        Assert.True(all.GetProperty("reset").GetBoolean());
        Assert.Equal(0, all.GetProperty("total").GetInt64());
        using var late = await HubClient.Connect(dashboard);
        Assert.True((await late.Subscribe(since: seq, session: dashboard.Store.Session.Id)).GetProperty("reset").GetBoolean());
    }

    [Fact]
    public async Task Subscribe_FilterTooLong_FailsInPlainWords()
    {
        await using var dashboard = await Dashboard.Start();
        using var hub = await HubClient.Connect(dashboard);
        var answer = await hub.Subscribe(new string('x', 5000));
        Assert.Contains("5000 characters", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_Changed_IsPushed()
    {
        await using var dashboard = await Dashboard.Start();
        using var hub = await HubClient.Connect(dashboard);
        await hub.Subscribe();
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
        await hub.Subscribe();
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
}
