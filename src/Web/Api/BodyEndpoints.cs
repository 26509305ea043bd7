using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The bodies of a flow. They come from anywhere, so a browser must neither guess their type nor run them.</summary>
internal static class BodyEndpoints
{
    private const string SandboxPolicy = "default-src 'none'; sandbox";
    private const string ImagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    private const string Opaque = "application/octet-stream";

    private static readonly HashSet<string> SafeImages = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml",
    };

    public static void Map(RouteGroupBuilder api)
    {
        foreach (var (name, side) in new[] { ("request", MessageSide.Request), ("response", MessageSide.Response) })
        {
            var path = $"/flows/{{id}}/{name}/body";
            Task<IResult> Answer(
                HttpContext context,
                RequestedSession session,
                [Description("The flow's id.")] string id,
                [Description("Whether to take the content encodings off. The header X-Decoded then names them; when that fails, X-Decode-Error says why and the bytes come as stored.")]
                string? decoded,
                [Description("“image” gives the message's own content type when it is one of an image that browsers show safely.")] string? @as) =>
                Get(context, session.Store, side, id, decoded, @as);

            api.MapGet(path, Answer)
                .WithName($"get{char.ToUpperInvariant(name[0])}{name[1..]}Body")
                .WithSummary($"The {name}'s body")
                .WithDescription(
                    "The bytes as they were on the wire (content-encoded, chunk framing taken off), with ETag and ranges; of a flow that runs, what has passed so far.")
                .Produces(StatusCodes.Status200OK, contentType: Opaque)
                .Produces(StatusCodes.Status206PartialContent, contentType: Opaque)
                .Produces(StatusCodes.Status304NotModified)
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .Produces(StatusCodes.Status416RangeNotSatisfiable)
                .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
            api.MapMethods(path, ["HEAD"], Answer).ExcludeFromDescription();
        }
    }

    private static async Task<IResult> Get(HttpContext context, FlowStore store, MessageSide side, string id, string? decoded, string? @as)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        if (decoded is not (null or "" or "true" or "false"))
        {
            return ApiProblem.BadParameter($"“{decoded}” is not a value of “decoded”, which is “true” or “false”.");
        }

        if (@as is not (null or "" or "image"))
        {
            return ApiProblem.BadParameter($"“{@as}” is not a value of “as”, which can only be “image”.");
        }

        if (await store.OpenBody(number, side, context.RequestAborted) is not { } body || store.GetFlow(number) is not { } flow)
        {
            return FlowEndpoints.NoSuchFlow(number);
        }

        var headers = side == MessageSide.Request ? flow.Request?.Headers : flow.Response?.Headers;
        var type = @as == "image" ? ImageType(headers) : null;
        var response = context.Response.Headers;
        response.ContentSecurityPolicy = type is null ? SandboxPolicy : ImagePolicy;
        response.XContentTypeOptions = "nosniff";
        response.CacheControl = "private, no-cache";

        // Bytes are only ever added to a stored body, so its length tells its versions apart.
        var version = $"{store.Session.Id[..12]}-{number}-{(int)side}-{body.Length}";
        if (decoded != "true" || ContentDecoding.Codings(headers) is not { Length: > 0 } codings)
        {
            return Stored(body, type, version);
        }

        var decoding = await ContentDecoding.Try(body, codings, context.RequestAborted);
        if (decoding.Error is { } error)
        {
            response["X-Decode-Error"] = error;
            return Stored(body, type, version);
        }

        response["X-Decoded"] = string.Join(", ", codings);
        if (decoding.Truncated)
        {
            response["X-Decoded-Truncated"] = "true";
        }

        return new DecodedBodyResult(body, codings, decoding.Length, type ?? Opaque, new EntityTagHeaderValue($"\"{version}-decoded\""));
    }

    private static IResult Stored(StoredBody body, string? type, string version) => Results.Stream(
        body.OpenRead(),
        type ?? Opaque,
        entityTag: new EntityTagHeaderValue($"\"{version}\""),
        enableRangeProcessing: true);

    /// <summary>The message's own type when it is that of an image which cannot run anything here.</summary>
    private static string? ImageType(HeaderList? headers)
    {
        var type = headers?.Find("content-type"u8)?.Split(';')[0].Trim();
        return type is not null && SafeImages.TryGetValue(type, out var known) ? known : null;
    }
}
