using System.Net.Sockets;
using System.Text;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>One end of a connection, as bytes. Text is Latin-1, so that every byte is one character.</summary>
internal sealed class RawPeer(Stream stream, Socket socket) : IDisposable
{
    private readonly List<byte> _ahead = [];

    public Stream Stream => stream;

    public Socket Socket => socket;

    public async Task SendAsync(string text)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        await stream.FlushAsync();
    }

    /// <summary>Reads up to and with that text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var wanted = Encoding.Latin1.GetBytes(end);
        while (true)
        {
            var index = _ahead.ToArray().AsSpan().IndexOf(wanted);
            if (index >= 0)
            {
                return Take(index + wanted.Length);
            }

            if (!await FillAsync())
            {
                throw new EndOfStreamException($"The peer ended before '{end}'; what came: '{Take(_ahead.Count)}'");
            }
        }
    }

    /// <summary>Reads a head, its empty line included.</summary>
    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Reads that many bytes.</summary>
    public async Task<string> ReadAsync(int count)
    {
        while (_ahead.Count < count)
        {
            if (!await FillAsync())
            {
                throw new EndOfStreamException($"The peer ended after {_ahead.Count} of {count} bytes.");
            }
        }

        return Take(count);
    }

    /// <summary>Reads until the peer ends its side.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_ahead.Count);
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_ahead.GetRange(0, count).ToArray());
        _ahead.RemoveRange(0, count);
        return text;
    }

    private async Task<bool> FillAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[16 * 1024];
        var count = await stream.ReadAsync(buffer, limit.Token);
        _ahead.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }
}
