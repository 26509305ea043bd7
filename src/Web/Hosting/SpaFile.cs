using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MitmWeb.Web.Hosting;

/// <summary>One file of the dashboard, in memory and ready to be sent plain or compressed.</summary>
internal sealed class SpaFile
{
    /// <summary>Below this a compressed answer saves no packet.</summary>
    private const int CompressFrom = 1400;

    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;

    private SpaFile(string path, DateTime modified, byte[] content, string contentType)
    {
        Modified = modified;
        Content = content;
        ContentType = contentType;
        ETag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");
        IsCompressible = content.Length >= CompressFrom && (contentType.StartsWith("text/", StringComparison.Ordinal)
            || contentType is "application/json" or "image/svg+xml" or "application/wasm" or "application/manifest+json");
        _brotli = new(() => ReadPrepared(path + ".br") ?? Compress(output => new BrotliStream(output, CompressionLevel.Optimal)));
        _gzip = new(() => ReadPrepared(path + ".gz") ?? Compress(output => new GZipStream(output, CompressionLevel.Optimal)));
    }

    public DateTime Modified { get; }

    public byte[] Content { get; }

    public string ContentType { get; }

    public EntityTagHeaderValue ETag { get; }

    public bool IsCompressible { get; }

    public byte[] Brotli => _brotli.Value;

    public byte[] Gzip => _gzip.Value;

    public static SpaFile Read(string path, string contentType) =>
        new(path, File.GetLastWriteTimeUtc(path), File.ReadAllBytes(path), contentType);

    /// <summary>What the build has compressed already, unless the file itself has been written since.</summary>
    private byte[]? ReadPrepared(string path) =>
        File.Exists(path) && File.GetLastWriteTimeUtc(path) >= Modified ? File.ReadAllBytes(path) : null;

    private byte[] Compress(Func<Stream, Stream> open)
    {
        using var output = new MemoryStream();
        using (var compressor = open(output))
        {
            compressor.Write(Content);
        }

        return output.ToArray();
    }
}
