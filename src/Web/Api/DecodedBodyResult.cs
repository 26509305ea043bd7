using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using MitmWeb.Proxy.Content;

namespace MitmWeb.Web.Api;

/// <summary>Sends a body that is decoded, or one range of it (RFC 9110, section 14). How long it is may not be known before its end.</summary>
internal sealed class DecodedBodyResult(BodyContent content, DecodedReaders readers, string version, string type) : IResult
{
    /// <summary>The most bytes of one answer to a range, which is put together before its head is sent.</summary>
    private const int MaxPart = 16 * 1024 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var tag = new EntityTagHeaderValue($"\"{version}\"");
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = tag.ToString();
        var asked = request.GetTypedHeaders();
        if (asked.IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known == EntityTagHeaderValue.Any))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = type;
        var stale = asked.IfRange is { } condition && condition.EntityTag?.Compare(tag, useStrongComparison: true) != true;
        if (!stale && asked.Range is { Ranges.Count: 1 } range && range.Unit == "bytes" && Resolve(range.Ranges.Single()) is var (from, count))
        {
            await SendPart(response, from, count, HttpMethods.IsHead(request.Method), httpContext.RequestAborted);
            return;
        }

        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await SendAll(httpContext);
        }
    }

    /// <summary>A range as its first byte and how many; null when it cannot be said, so that everything is sent.</summary>
    private (long From, int Count)? Resolve(RangeItemHeaderValue range)
    {
        if (range.From is not { } from)
        {
            return content.Length is { } length && range.To is { } suffix
                ? (Math.Max(0, length - suffix), (int)Math.Min(Math.Min(suffix, length), MaxPart))
                : null;
        }

        return (from, (int)Math.Min(MaxPart, range.To is { } to ? to - from + 1 : long.MaxValue));
    }

    private async Task SendPart(HttpResponse response, long from, int count, bool headOnly, CancellationToken cancellationToken)
    {
        var part = await content.ReadPart(readers, version, from, count, cancellationToken);
        var length = content.Length ?? part.Length;
        if (part.Damage is { } damage)
        {
            response.Headers["X-Decode-Error"] = damage;
        }

        if (part.Bytes.IsEmpty)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{length ?? from}";
            response.ContentType = null;
            return;
        }

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.Headers.ContentRange = $"bytes {from}-{from + part.Bytes.Length - 1}/{length?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*"}";
        response.ContentLength = part.Bytes.Length;
        if (!headOnly)
        {
            await response.Body.WriteAsync(part.Bytes, cancellationToken);
        }
    }

    private async Task SendAll(HttpContext context)
    {
        try
        {
            await using var decoded = content.OpenRead();
            await decoded.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            // Damaged where it was not tried: the client must not take what it has for whole.
            context.Abort();
        }
    }
}
