using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>A body of 1 MiB read from a connection in pieces, and copied for the store on the way or not.</summary>
public class BodyTap
{
    private const int Length = 1024 * 1024;
    private const int ChunkLength = 16 * 1024;

    private readonly byte[] _plain = new byte[Length];
    private readonly byte[] _chunked = InChunks();

    [Params(false, true)]
    public bool Chunked { get; set; }

    [Benchmark(Baseline = true)]
    public Task<long> Pass() => Run(null);

    [Benchmark]
    public Task<long> PassAndRecord() => Run(new LiveBody());

    private async Task<long> Run(LiveBody? record)
    {
        using var reader = new WireReader(new MemoryStream(Chunked ? _chunked : _plain));
        var body = new Http1BodySource(reader, Chunked ? BodyFraming.Chunked : new BodyFraming(BodyKind.Length, Length));
        var passed = 0L;
        while (!body.IsComplete)
        {
            var segment = await body.ReadAsync(CancellationToken.None);
            passed += segment.Data.Length;
            record?.Append(segment.Data.Span);
        }

        record?.ReleaseAll();
        return passed == Length ? passed : throw new InvalidOperationException($"{passed} bytes came out instead of {Length}.");
    }

    private static byte[] InChunks()
    {
        using var wire = new MemoryStream();
        for (var sent = 0; sent < Length; sent += ChunkLength)
        {
            wire.Write(Encoding.ASCII.GetBytes(ChunkLength.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            wire.Write(new byte[ChunkLength]);
            wire.Write("\r\n"u8);
        }

        wire.Write("0\r\n\r\n"u8);
        return wire.ToArray();
    }
}
