using System.Text.Json;
using MitmWeb.Web.Tests.Api;

namespace MitmWeb.Web.Tests.Hubs;

/// <summary>A tab of a dashboard as far as its list goes: it holds a window of its view, and does what it is told.</summary>
internal sealed class TabModel : IDisposable
{
    private readonly Dashboard _dashboard;
    private readonly Random _random;
    private readonly string _filter;
    private readonly string _sort;
    private readonly string _view = Guid.NewGuid().ToString();
    private readonly Dictionary<long, JsonElement> _rows = [];
    private HubClient _hub = null!;
    private long[] _ids = [];
    private long _start;
    private long _seq;
    private long _total;

    private TabModel(Dashboard dashboard, string filter, string sort, Random random) =>
        (_dashboard, _filter, _sort, _random) = (dashboard, filter, sort, random);

    public static async Task<TabModel> Open(Dashboard dashboard, string filter, string sort, Random random)
    {
        var tab = new TabModel(dashboard, filter, sort, random);
        await tab.Connect(null);
        return tab;
    }

    /// <summary>Scrolls, loses its connection, or just listens.</summary>
    public async Task Act()
    {
        switch (_random.Next(5))
        {
            case 0:
                _hub.Dispose();
                await Connect(_seq);
                break;
            case 1:
                await Look(_random.Next(0, (int)_total + 1), follow: false);
                break;
            case 2:
                await Look(0, follow: true);
                break;
            default:
                break;
        }
    }

    /// <summary>Follows until all changes have come, and compares what it holds with what the API answers.</summary>
    public async Task AssertIsCurrent()
    {
        var fresh = await _dashboard.Json($"/api/flows?filter={Uri.EscapeDataString(_filter)}&sort={_sort}&limit=1000");
        var seq = fresh.GetProperty("seq").GetInt64();
        while (_seq < seq)
        {
            await Take();
        }

        var expected = fresh.GetProperty("flows").EnumerateArray().ToArray();
        var ids = expected.Select(row => row.GetProperty("id").GetInt64()).ToArray();
        Assert.Equal(ids.Length, _total);
        Assert.Equal(ids.Skip((int)_start).Take(_ids.Length), _ids);
        Assert.True(_ids.Length == Math.Min(20, ids.Length - _start), $"{_ids.Length} rows at {_start} of {_total}");
        foreach (var (id, row) in ids.Zip(expected).Where(pair => _ids.Contains(pair.First)))
        {
            Assert.Equal(row.GetRawText(), _rows[id].GetRawText());
        }
    }

    public void Dispose() => _hub.Dispose();

    private async Task Connect(long? since)
    {
        _hub = await HubClient.Connect(_dashboard);
        await _hub.Open(_filter, _sort, _start, 20, view: _view, since: since, session: since is null ? null : _dashboard.Store.Session.Id);
        _rows.Clear();
        await Answer();
    }

    private async Task Look(long start, bool follow)
    {
        var anchor = _ids.Length > 0 && _random.Next(2) == 0 ? _random.Next(_ids.Length) : -1;
        await _hub.Look(start, 20, follow, anchor < 0 ? null : _ids[anchor], anchor < 0 ? 0 : _start + anchor, _view);
        await Answer();
    }

    private async Task Answer()
    {
        while (await Take() < _hub.Windows)
        {
            // What was on its way before.
        }
    }

    /// <returns>Which request the message answers.</returns>
    private async Task<long> Take()
    {
        var message = await _hub.Pushed("view");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("error").ValueKind);
        if (message.GetProperty("progress").ValueKind != JsonValueKind.Null)
        {
            return 0;
        }

        Assert.True(message.GetProperty("seq").GetInt64() >= _seq);
        (_seq, _total, _start) = (message.GetProperty("seq").GetInt64(), message.GetProperty("total").GetInt64(), message.GetProperty("start").GetInt64());
        foreach (var row in message.GetProperty("rows").EnumerateArray())
        {
            _rows[row.GetProperty("id").GetInt64()] = row;
        }

        if (message.GetProperty("ids").ValueKind == JsonValueKind.Array)
        {
            _ids = [.. message.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];
            Assert.Equal(_ids.Length, _ids.Distinct().Count());
            foreach (var id in _rows.Keys.Except(_ids).ToArray())
            {
                _rows.Remove(id);
            }
        }

        return message.GetProperty("window").GetInt64();
    }
}
