using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MitmWeb.Web.Tests.Api;

public sealed class RecordingEndpointsTests
{
    [Fact]
    public async Task Put_OffAndOn_IsTheState()
    {
        await using var dashboard = await Dashboard.Start();
        Assert.Equal((true, 0L), Of((await dashboard.Json("/api/state")).GetProperty("recording")));

        Assert.Equal((false, 0L), Of(await Switch(dashboard, on: false)));
        await dashboard.Live.ForNewFlow().Ended(await dashboard.Record());
        Assert.False(dashboard.Live.IsRecording);
        Assert.Equal((false, 1L), Of((await dashboard.Json("/api/state")).GetProperty("recording")));

        Assert.Equal((true, 1L), Of(await Switch(dashboard, on: true)));
        Assert.Same(dashboard.Store, dashboard.Live.ForNewFlow());
        Assert.Equal((false, 0L), Of(await Switch(dashboard, on: false)));
    }

    [Fact]
    public async Task Put_SomethingElse_IsRefused()
    {
        await using var dashboard = await Dashboard.Start();
        using var answer = await dashboard.Client.PutAsJsonAsync("/api/recording", new { on = "perhaps" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(dashboard.Live.IsRecording);
    }

    private static async Task<JsonElement> Switch(Dashboard dashboard, bool on)
    {
        using var answer = await dashboard.Client.PutAsJsonAsync("/api/recording", new { on });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static (bool On, long NotRecorded) Of(JsonElement recording) =>
        (recording.GetProperty("on").GetBoolean(), recording.GetProperty("notRecorded").GetInt64());
}
