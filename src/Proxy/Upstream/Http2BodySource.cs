using System.Buffers;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Upstream;

/// <summary>A response's body that comes over an HTTP/2 session.</summary>
internal sealed class Http2BodySource(Stream stream, HttpResponseMessage response, bool hasBody) : BodySource, IDisposable
{
    private readonly long? _length = response.Content.Headers.ContentLength;
    private long _read;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);

    public override bool HasBody => hasBody;

    public override bool HasBuffered => false;

    public override async ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken)
    {
        if (IsComplete || _buffer is null)
        {
            return new BodySegment(default, default, true);
        }

        int count;
        try
        {
            // Only the end, perhaps with trailers, is missing: a client that has its content may leave now without breaking anything off.
            count = await stream.ReadAsync(_buffer, _read == _length ? CancellationToken.None : cancellationToken);
            _read += count;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            for (var inner = exception; inner is not null; inner = inner.InnerException)
            {
                if (inner is HttpProtocolException protocol)
                {
                    throw new HttpWireException($"The HTTP/2 stream was reset (error code {protocol.ErrorCode}: {Http2ErrorNames.Of(protocol.ErrorCode)}).");
                }
            }

            throw new HttpWireException(exception.Message);
        }

        if (count == 0)
        {
            IsComplete = true;
            var trailers = response.TrailingHeaders.NonValidated
                .SelectMany(static header => header.Value, static (header, value) => new HeaderField(header.Key.ToLowerInvariant(), value))
                .ToList();
            Trailers = trailers.Count > 0 ? HeaderList.Create(trailers) : null;
        }

        var data = _buffer.AsMemory(0, count);
        return new BodySegment(data, data, IsComplete);
    }

    public void Dispose()
    {
        stream.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
