using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using MitmWeb.Web.Tests.Api;

namespace MitmWeb.Web.Tests.Hubs;

/// <summary>Speaks SignalR's JSON protocol over a WebSocket.</summary>
internal sealed class HubClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Queue<JsonElement> _messages = new();
    private readonly StringBuilder _rest = new();
    private int _invocations;

    /// <summary>The number of the last window that was asked for.</summary>
    public long Windows { get; private set; }

    public static Task<HubClient> Connect(Dashboard dashboard, string query = "") => Connect(dashboard.Address, Dashboard.Token, query);

    public static async Task<HubClient> Connect(Uri dashboard, string token, string query = "")
    {
        var client = new HubClient();
        client._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await client._socket.ConnectAsync(new Uri($"ws://{dashboard.Authority}/hub{query}"), CancellationToken.None);
        await client.Send("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", (await client.Receive()).GetRawText());
        return client;
    }

    /// <summary>Opens a view, and gives the answer.</summary>
    public Task<JsonElement> Open(
        string filter = "", string sort = "", long start = 0, int count = 100, bool follow = false, string view = "view", long? since = null, string? session = null) =>
        Call("open", new { view, filter, sort, window = Window(start, count, follow, view: view), since, session });

    /// <summary>Asks for other rows; they come as a message.</summary>
    public Task Look(
        long start, int count, bool follow = false, long? anchor = null, long anchorAt = 0, string view = "view", long? watched = null, string[]? headers = null) =>
        Send(JsonSerializer.Serialize(new { type = 1, target = "look", arguments = new[] { Window(start, count, follow, anchor, anchorAt, view, watched, headers) } }));

    /// <summary>Calls a method and gives its answer, or the message with the error; what else comes meanwhile is kept.</summary>
    public async Task<JsonElement> Call(string target, params object[] arguments)
    {
        var id = $"{++_invocations}";
        await Send(JsonSerializer.Serialize(new { type = 1, invocationId = id, target, arguments }));
        var kept = new List<JsonElement>();
        while (true)
        {
            var message = await Next();
            if (message.GetProperty("type").GetInt32() == 3 && message.GetProperty("invocationId").GetString() == id)
            {
                kept.ForEach(_messages.Enqueue);
                return message.TryGetProperty("result", out var result) ? result : message;
            }

            kept.Add(message);
        }
    }

    /// <summary>The next message that the server sends by itself.</summary>
    public async Task<JsonElement> Pushed(string target)
    {
        while (true)
        {
            var message = await Next();
            if (message.GetProperty("type").GetInt32() == 1 && message.GetProperty("target").GetString() == target)
            {
                return message.GetProperty("arguments")[0];
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private object Window(
        long start, int count, bool follow, long? anchor = null, long anchorAt = 0, string view = "view", long? watched = null, string[]? headers = null) =>
        new { view, number = ++Windows, start, count, follow, anchor, anchorAt, watched, headers };

    private Task Send(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task<JsonElement> Next() => _messages.TryDequeue(out var kept) ? kept : await Receive();

    private async Task<JsonElement> Receive()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[65536];
        while (true)
        {
            var text = _rest.ToString();
            var end = text.IndexOf('\u001e', StringComparison.Ordinal);
            if (end >= 0)
            {
                _rest.Remove(0, end + 1);
                return JsonDocument.Parse(text[..end]).RootElement;
            }

            var received = await _socket.ReceiveAsync(buffer.AsMemory(), timeout.Token);
            Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
            _rest.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
    }
}
