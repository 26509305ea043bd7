using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Sql;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The session in SQL.</summary>
internal static class SqlEndpoints
{
    private const int DefaultRows = 1000;
    private const int MaxRows = 10_000;
    private const int MaxFileRows = 1_000_000;
    private const int DefaultTime = 10_000;
    private const int MaxTime = 120_000;
    private const long MaxBytes = 16 * 1024 * 1024;
    private const long MaxFileBytes = 512 * 1024 * 1024;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sql", () => TypedResults.Ok(SqlSchemaDto.Create()))
            .WithName("getSqlSchema")
            .WithSummary("The views and functions that SQL has, and statements to begin with");
        api.MapPost("/sql", Run)
            .WithName("runSql")
            .WithSummary("Run a statement of SQL over the session")
            .WithDescription("It can only read. Two statements run at a time, others wait. What is wrong with one stands in the members “position”, “length” and “suggestion” of the problem. docs/sql.md tells more.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/sql/file", RunToFile)
            .WithName("downloadSql")
            .WithSummary("Run a statement of SQL and get what it gives as a file")
            .WithDescription("The header X-Rows tells how many rows there are, and X-Cut which limit left rows out (“rows”, or “bytes”: 512 MiB).")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<SqlAnswerDto>, ProblemHttpResult>> Run(RequestedSession session, SqlTurns turns, SqlRequest request, CancellationToken cancellationToken)
    {
        if (Wrong(request.Limit, MaxRows, "limit") is { } wrongLimit)
        {
            return wrongLimit;
        }

        if (Wrong(request.TimeoutMs, MaxTime, "timeoutMs") is { } wrongTime)
        {
            return wrongTime;
        }

        var limits = new SqlLimits
        {
            Rows = request.Limit ?? DefaultRows,
            Time = TimeSpan.FromMilliseconds(request.TimeoutMs ?? DefaultTime),
            Bytes = MaxBytes,
        };
        try
        {
            return TypedResults.Ok(await turns.RunAsync(
                () =>
                {
                    using var sql = SessionSql.Open(session.Store.Session.Path);
                    var rows = new SqlRows();
                    return rows.Answer(sql.Run(request.Sql ?? "", limits, rows, cancellationToken));
                },
                cancellationToken));
        }
        catch (SqlException e)
        {
            return ApiProblem.BadSql(e);
        }
    }

    private static async Task<IResult> RunToFile(RequestedSession session, SqlTurns turns, SqlFileRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        if (Wrong(request.Limit, MaxFileRows, "limit") is { } wrongLimit)
        {
            return wrongLimit;
        }

        if (Wrong(request.TimeoutMs, MaxTime, "timeoutMs") is { } wrongTime)
        {
            return wrongTime;
        }

        if (request.Format is not (null or "csv" or "json" or "jsonl") || request.Blobs is not (null or "hex" or "base64"))
        {
            return ApiProblem.BadParameter("“format” is csv, json or jsonl, and “blobs” is hex or base64.");
        }

        var limits = new SqlLimits
        {
            Rows = request.Limit ?? MaxFileRows,
            Time = TimeSpan.FromMilliseconds(request.TimeoutMs ?? MaxTime),
            Bytes = MaxFileBytes,
        };

        // On the disk first: an answer that has begun could not say any more that the statement failed.
        var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 81920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            var outcome = await turns.RunAsync(() => Write(session.Store.Session.Path, request, limits, file, cancellationToken), cancellationToken);
            response.Headers["X-Rows"] = outcome.Rows.ToString(CultureInfo.InvariantCulture);
            if (SqlRows.Name(outcome.Cut) is { } cut)
            {
                response.Headers["X-Cut"] = cut;
            }

            file.Position = 0;
            var (type, ending) = request.Format switch
            {
                "json" => ("application/json", "json"),
                "jsonl" => ("application/x-ndjson", "jsonl"),
                _ => ("text/csv; charset=utf-8", "csv"),
            };
            return TypedResults.Stream(file, type, $"mitmweb-sql.{ending}");
        }
        catch (Exception e)
        {
            await file.DisposeAsync();
            if (e is SqlException problem)
            {
                return ApiProblem.BadSql(problem);
            }

            throw;
        }
    }

    private static SqlOutcome Write(string path, SqlFileRequest request, SqlLimits limits, Stream file, CancellationToken cancellationToken)
    {
        using var sql = SessionSql.Open(path);
        var blobs = request.Blobs == "base64" ? SqlBlobText.Base64 : SqlBlobText.Hex;
        if (request.Format is "json" or "jsonl")
        {
            using var json = new JsonOutput(file, request.Format == "jsonl", blobs);
            return sql.Run(request.Sql ?? "", limits, json, cancellationToken);
        }

        using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        return sql.Run(request.Sql ?? "", limits, new CsvOutput(writer, blobs, request.GuardFormulas), cancellationToken);
    }

    private static ProblemHttpResult? Wrong(int? value, int most, string name) => value is < 1 || value > most
        ? ApiProblem.BadParameter($"“{name}” is a whole number from 1 to {most}.")
        : null;
}
