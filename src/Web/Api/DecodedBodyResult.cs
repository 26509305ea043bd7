using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Sends a body decoded. It is known to decode, and how long it becomes; ranges are not given.</summary>
internal sealed class DecodedBodyResult(StoredBody body, string[] codings, long length, string type, EntityTagHeaderValue tag) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.AcceptRanges = "none";
        response.Headers.ETag = tag.ToString();
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known == EntityTagHeaderValue.Any))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = type;
        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method) || length == 0)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            await using var decoded = ContentDecoding.Open(body, codings);
            for (var left = length; left > 0;)
            {
                var count = await decoded.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), httpContext.RequestAborted);
                if (count == 0)
                {
                    // Shorter than announced: the client must not take it for whole.
                    httpContext.Abort();
                    return;
                }

                await response.Body.WriteAsync(buffer.AsMemory(0, count), httpContext.RequestAborted);
                left -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
