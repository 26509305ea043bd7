using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Sql;

namespace MitmWeb.Web.Api;

/// <summary>Answers of problem details (RFC 9457) whose detail is a sentence for people.</summary>
internal static class ApiProblem
{
    public static ProblemHttpResult BadParameter(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status400BadRequest, title: "Bad parameter");

    /// <summary>A filter that cannot be read: where, what was expected, and what to write instead are members of the answer.</summary>
    public static ProblemHttpResult BadFilter(FilterError error) => TypedResults.Problem(
        error.Message,
        statusCode: StatusCodes.Status400BadRequest,
        title: "Bad filter",
        extensions: new Dictionary<string, object?>
        {
            ["position"] = error.Position,
            ["length"] = error.Length,
            ["expected"] = error.Expected,
            ["suggestion"] = error.Suggestion,
        });

    /// <summary>A statement that is wrong, or was stopped; where it is wrong and what to write instead are members of the answer.</summary>
    public static ProblemHttpResult BadSql(SqlException error) => TypedResults.Problem(
        error.Message,
        statusCode: StatusCodes.Status400BadRequest,
        title: error.TimedOut ? "Statement stopped" : "Bad statement",
        extensions: new Dictionary<string, object?>
        {
            ["position"] = error.Position,
            ["length"] = error.Length,
            ["suggestion"] = error.Suggestion,
        });

    public static ProblemHttpResult NotFound(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>What was asked for cannot be done as things are.</summary>
    public static ProblemHttpResult Conflict(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status409Conflict, title: "Not possible now");

    public static ProblemHttpResult Unavailable(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The session file cannot be used");
}
