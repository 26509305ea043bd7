using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Tests.Connections;

public sealed class WireReaderTests
{
    [Fact]
    public async Task Fill_PiecesOfAllSizes_GivesTheStreamAsItIs()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var random = new Random(2);
        using var reader = new WireReader(new MemoryStream(bytes));
        var got = new List<byte>();
        while (await reader.FillAsync() > 0)
        {
            // Sometimes nothing is taken, so that the buffer must grow; sometimes all, so that it may be given back.
            var count = random.Next(4) switch
            {
                0 => 0,
                1 => reader.BufferedLength,
                _ => random.Next(reader.BufferedLength + 1),
            };
            got.AddRange(reader.BufferedSpan[..count]);
            reader.Consume(count);
            reader.Trim();
        }

        got.AddRange(reader.BufferedSpan);
        Assert.True(reader.IsEnded);
        Assert.Equal(bytes, got);
    }

    [Fact]
    public async Task Trim_WithBytesThatNobodyTook_KeepsThem()
    {
        using var reader = new WireReader(new MemoryStream(new byte[50_000]));
        while (reader.BufferedLength < 50_000)
        {
            await reader.FillAsync();
            reader.Trim();
        }

        Assert.Equal(50_000, reader.BufferedLength);
    }

    [Fact]
    public async Task Fill_AfterReadAheadAndTrim_GivesWhatWasReadAhead()
    {
        using var reader = new WireReader(new MemoryStream([1, 2, 3]));
        Assert.Equal(3, await reader.ReadAhead());
        reader.Trim();
        Assert.Equal(3, await reader.FillAsync());
        Assert.Equal([1, 2, 3], reader.BufferedSpan.ToArray());
    }
}
