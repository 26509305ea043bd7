using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MitmWeb.Web.Api;

/// <summary>Answers of problem details (RFC 9457) whose detail is a sentence for people.</summary>
internal static class ApiProblem
{
    public static ProblemHttpResult BadParameter(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status400BadRequest, title: "Bad parameter");

    public static ProblemHttpResult NotFound(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    public static ProblemHttpResult Unavailable(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The session file cannot be used");
}
