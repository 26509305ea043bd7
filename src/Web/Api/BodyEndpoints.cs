using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
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
    private const string Opaque = "application/octet-stream";
    private const int DefaultMatches = 1000;
    private const int MaxMatches = 10_000;
    private const int MaxQuery = 4000;

    public static void Map(RouteGroupBuilder api)
    {
        foreach (var (name, side) in new[] { ("request", MessageSide.Request), ("response", MessageSide.Response) })
        {
            var path = $"/flows/{{id}}/{name}/body";
            var title = $"{char.ToUpperInvariant(name[0])}{name[1..]}Body";
            Task<IResult> Answer(
                HttpContext context,
                RequestedSession session,
                DecodedReaders readers,
                [Description("The flow's id.")] string id,
                [Description("Whether to take the content encodings off. The header X-Decoded then names them; when that fails, X-Decode-Error says why and the bytes come as stored.")]
                string? decoded,
                [Description("“image”, “pdf” and “html” give the message's own content type when it is one of these and browsers show it safely: a page without scripts, and without anything from elsewhere.")]
                string? @as) =>
                Get(context, session.Store, readers, side, id, decoded, @as);

            api.MapGet(path, Answer)
                .WithName($"get{title}")
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
            api.MapGet($"{path}/rows", (
                    HttpContext context,
                    RequestedSession session,
                    [Description("The flow's id.")] string id,
                    [Description("Whether to take the content encodings off, where that works.")] bool? decoded) =>
                    Rows(context, session.Store, side, id, decoded ?? false))
                .WithName($"get{title}Rows")
                .WithSummary($"Where the rows of the {name}'s body begin")
                .WithDescription("With it, any row of a body of any length is found by reading a range of some tens of kilobytes. It reads the whole body.")
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
            api.MapGet($"{path}/search", (
                    HttpContext context,
                    RequestedSession session,
                    TimeProvider clock,
                    [Description("The flow's id.")] string id,
                    [Description("The text to find, or the regular expression; at most 4000 characters.")] string text,
                    [Description("Whether it is a regular expression. It is matched against the whole body, ^ and $ are a line's.")] bool? regex,
                    [Description("Whether capitals matter.")] bool? matchCase,
                    [Description("“utf-8” (default), “utf-16le”, “utf-16be”; any other is read as Latin-1.")] string? charset,
                    [Description("Whether to take the content encodings off, where that works.")] bool? decoded,
                    [Description("Matches that begin before this byte are counted, not given.")] long? from,
                    [Description("The most matches to give: at most 10 000, 1000 when absent.")] int? limit) =>
                    Search(
                        context,
                        session.Store,
                        clock,
                        side,
                        id,
                        new BodySearchQuery(text, regex ?? false, matchCase ?? false, charset ?? "utf-8"),
                        decoded ?? false,
                        Math.Max(0, from ?? 0),
                        Math.Clamp(limit ?? DefaultMatches, 0, MaxMatches)))
                .WithName($"search{title}")
                .WithSummary($"Find something in the {name}'s body")
                .WithDescription("It reads the whole body, and counts all matches. A match is at most 16 384 characters long. After half a minute it is stopped.")
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
        }
    }

    private static async Task<IResult> Get(
        HttpContext context, FlowStore store, DecodedReaders readers, MessageSide side, string id, string? decoded, string? @as)
    {
        if (decoded is not (null or "" or "true" or "false"))
        {
            return ApiProblem.BadParameter($"“{decoded}” is not a value of “decoded”, which is “true” or “false”.");
        }

        if (@as is not (null or "" or "image" or "pdf" or "html"))
        {
            return ApiProblem.BadParameter($"“{@as}” is not a value of “as”, which can be “image”, “pdf” or “html”.");
        }

        var (found, problem) = await Find(context, store, side, id);
        if (found is not var (body, headers, version))
        {
            return problem!;
        }

        var shown = ShownBody.Of(@as, headers);
        var response = context.Response.Headers;
        response.ContentSecurityPolicy = shown?.Policy ?? SandboxPolicy;
        response.XContentTypeOptions = "nosniff";
        response.CacheControl = "private, no-cache";
        if (shown is not null)
        {
            // The dashboard shows it in a frame.
            response.XFrameOptions = "SAMEORIGIN";
        }

        var part = context.Request.Headers.Range.Count > 0;
        var tryUpTo = part ? ContentDecoding.FirstTried : ContentDecoding.MaxTried;
        var content = await BodyContent.Of(body, headers, decoded == "true", tryUpTo, context.RequestAborted);
        if (content.Error is { } error)
        {
            response["X-Decode-Error"] = error;
        }

        if (content.Codings.Count == 0)
        {
            return Results.Stream(
                body.OpenRead(),
                shown?.Type ?? Opaque,
                entityTag: new EntityTagHeaderValue($"\"{version}\""),
                enableRangeProcessing: true);
        }

        response["X-Decoded"] = string.Join(", ", content.Codings);
        return new DecodedBodyResult(content, readers, $"{version}-decoded", shown?.Type ?? Opaque);
    }

    private static async Task<Results<Ok<BodyRowsDto>, ProblemHttpResult>> Rows(
        HttpContext context, FlowStore store, MessageSide side, string id, bool decoded)
    {
        var (found, problem) = await Find(context, store, side, id);
        if (found is not var (body, headers, _))
        {
            return problem!;
        }

        var content = await BodyContent.Of(body, headers, decoded, ContentDecoding.FirstTried, context.RequestAborted);
        await using var stream = content.OpenRead();
        var rows = await BodyRows.Count(stream, context.RequestAborted);
        return TypedResults.Ok(new BodyRowsDto(rows.Length, rows.Rows, rows.Lines, BodyRows.MaxRow, rows.Damage, rows.Marks));
    }

    private static async Task<Results<Ok<BodySearchDto>, ProblemHttpResult>> Search(
        HttpContext context, FlowStore store, TimeProvider clock, MessageSide side, string id, BodySearchQuery query, bool decoded, long from, int limit)
    {
        if (query.Text.Length > MaxQuery)
        {
            return ApiProblem.BadParameter($"What to find is longer than {MaxQuery} characters.");
        }

        if (BodySearch.Check(query) is { } wrong)
        {
            return ApiProblem.BadParameter(wrong);
        }

        var (found, problem) = await Find(context, store, side, id);
        if (found is not var (body, headers, _))
        {
            return problem!;
        }

        var content = await BodyContent.Of(body, headers, decoded, ContentDecoding.FirstTried, context.RequestAborted);
        await using var stream = content.OpenRead();
        var result = await BodySearch.Find(stream, query, from, limit, clock, context.RequestAborted);
        return TypedResults.Ok(new BodySearchDto(result.Count, result.First, result.Matches, result.Searched, result.Stopped));
    }

    private static async Task<((StoredBody Body, HeaderList? Headers, string Version)? Found, ProblemHttpResult? Problem)> Find(
        HttpContext context, FlowStore store, MessageSide side, string id)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out var problem))
        {
            return (null, problem);
        }

        if (await store.OpenBody(number, side, context.RequestAborted) is not { } body || store.GetFlow(number) is not { } flow)
        {
            return (null, FlowEndpoints.NoSuchFlow(number));
        }

        // Bytes are only ever added to a stored body, so its length tells its versions apart.
        var headers = side == MessageSide.Request ? flow.Request?.Headers : flow.Response?.Headers;
        return ((body, headers, $"{store.Session.Id[..12]}-{number}-{(int)side}-{body.Length}"), null);
    }
}
