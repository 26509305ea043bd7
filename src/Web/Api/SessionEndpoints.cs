using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The sessions: what there is, which one is recorded, and what can be done to the others.</summary>
internal static class SessionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/session", (RequestedSession session, SessionFolder folder) => TypedResults.Ok(SessionDto.From(session.Store, folder)))
            .WithName("getSession")
            .WithSummary("The session that the parameter “session” names, or the one that is recorded");
        api.MapGet("/sessions", List)
            .WithName("listSessions")
            .WithSummary("All sessions, and what is being done to them");
        api.MapPost("/sessions", Create)
            .WithName("createSession")
            .WithSummary("Make a session and record there from now on")
            .WithDescription("Flows that run stay in the session in which they began.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/live", Record)
            .WithName("recordSession")
            .WithSummary("Record in a stored session from now on")
            .WithDescription("Flows that run stay in the session in which they began.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/rename", Rename)
            .WithName("renameSession")
            .WithSummary("Rename a session, also one that is recorded")
            .WithDescription("Its file gets the name, too.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/sessions", Delete)
            .WithName("deleteSession")
            .WithSummary("Delete a session that is not recorded")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/elsewhere", Remember)
            .WithName("rememberSession")
            .WithSummary("Put a session file from elsewhere into the list")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/sessions/elsewhere", Forget)
            .WithName("forgetSession")
            .WithSummary("Take a session file from elsewhere off the list; the file stays")
            .ProducesProblem(StatusCodes.Status404NotFound);
        MapJobs(api);
    }

    private static void MapJobs(RouteGroupBuilder api)
    {
        api.MapPost("/sessions/duplicate", Duplicate)
            .WithName("duplicateSession")
            .WithSummary("Copy a session as it is now, also one that is recorded")
            .WithDescription("It goes on in the background; the list of sessions tells how far it is.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/merge", Merge)
            .WithName("mergeSessions")
            .WithSummary("Put the flows of several sessions into a new one, in the order in which they began")
            .WithDescription("It goes on in the background; the list of sessions tells how far it is. The sources stay.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/compact", Compact)
            .WithName("compactSession")
            .WithSummary("Give the free space in a session's file back to the disk, also of one that is recorded")
            .WithDescription("It goes on in the background; the list of sessions tells how far it is.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/sessions/upgrade", Upgrade)
            .WithName("upgradeSession")
            .WithSummary("Bring a session of an older MitmWeb up to date")
            .WithDescription("It goes on in the background; the list of sessions tells how far it is.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/sessions/jobs/{id}", RemoveJob)
            .WithName("removeSessionJob")
            .WithSummary("Stop what goes on in the background, or take what has ended off the list")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
    }

    private static Ok<SessionListDto> List(
        SessionFolder folder, OpenSessions sessions, SessionJobs jobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(new SessionListDto(
            folder.Path,
            [.. folder.List(sessions.Live, cancellationToken).Select(summary => StoredSessionDto.From(summary, sessions))],
            jobs.All));

    private static async Task<Results<Ok<SessionDto>, ProblemHttpResult>> Create(
        SessionRequest request, SessionFolder folder, LiveStore live, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var path = folder.PathOfNew(string.IsNullOrWhiteSpace(request.Name) ? SessionName.ForNow(time.GetLocalNow()) : request.Name);
            return TypedResults.Ok(SessionDto.From(await live.SwitchTo(path, cancellationToken), folder));
        }
        catch (SessionFileException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private static async Task<Results<Ok<SessionDto>, ProblemHttpResult>> Record(
        SessionRequest request, SessionFolder folder, LiveStore live, CancellationToken cancellationToken)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem))
        {
            return problem;
        }

        try
        {
            var now = await live.SwitchTo(path, cancellationToken);
            folder.Remember(path);
            return TypedResults.Ok(SessionDto.From(now, folder));
        }
        catch (SessionFileException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Rename(
        SessionRequest request, SessionFolder folder, OpenSessions sessions, CancellationToken cancellationToken)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem))
        {
            return problem;
        }

        try
        {
            await sessions.Close(path);
            await folder.Rename(sessions.Live, path, request.Name ?? "", cancellationToken);
            return TypedResults.NoContent();
        }
        catch (SessionFileException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        SessionFolder folder, OpenSessions sessions, [Description("The session's key.")] string? name)
    {
        if (!TryFind(folder, name, out var path, out var problem) || !IsFree(sessions, path, out problem))
        {
            return problem;
        }

        try
        {
            await sessions.Close(path);
            folder.Delete(path);
            return TypedResults.NoContent();
        }
        catch (SessionFileException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private static Results<NoContent, ProblemHttpResult> Remember(SessionRequest request, SessionFolder folder)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem))
        {
            return problem;
        }

        try
        {
            SessionFolder.Check(path);
            folder.Remember(path);
            return TypedResults.NoContent();
        }
        catch (SessionFileException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private static Results<NoContent, ProblemHttpResult> Forget(SessionFolder folder, [Description("The session's key.")] string? name) =>
        name is not null && folder.Forget(name)
            ? TypedResults.NoContent()
            : ApiProblem.NotFound($"There is no file from elsewhere “{name}” in the list.");

    private static Results<Accepted<SessionJobDto>, ProblemHttpResult> Duplicate(SessionRequest request, SessionFolder folder, SessionJobs jobs)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem) || !TryName(folder, request.Name, out var target, out problem))
        {
            return problem;
        }

        return Started(jobs.Start("duplicate", request.Session!, async (progress, cancellationToken) =>
        {
            await SessionCopy.Run(path, target, progress, cancellationToken);
            return $"Copied to “{request.Name}”.";
        }));
    }

    private static Results<Accepted<SessionJobDto>, ProblemHttpResult> Merge(MergeRequest request, SessionFolder folder, SessionJobs jobs)
    {
        var paths = new List<string>();
        foreach (var session in request.Sessions ?? [])
        {
            if (!TryFind(folder, session, out var path, out var unknown))
            {
                return unknown;
            }

            paths.Add(path);
        }

        if (paths.Count == 0 || paths.Distinct(StringComparer.Ordinal).Count() < paths.Count)
        {
            return ApiProblem.BadParameter(paths.Count == 0 ? "Say which sessions to merge." : "A session can be merged only once.");
        }

        if (!TryName(folder, request.Name, out var target, out var problem))
        {
            return problem;
        }

        return Started(jobs.Start("merge", request.Name!, async (progress, cancellationToken) =>
        {
            await SessionMerge.Run(paths, target, progress, cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"Merged {paths.Count} {(paths.Count == 1 ? "session" : "sessions")} into “{request.Name}”.");
        }));
    }

    private static Results<Accepted<SessionJobDto>, ProblemHttpResult> Compact(
        SessionRequest request, SessionFolder folder, OpenSessions sessions, SessionJobs jobs)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem))
        {
            return problem;
        }

        return Started(jobs.Start("compact", request.Session!, async (progress, cancellationToken) =>
        {
            long freed;
            if (sessions.Live.Find(path) is { } store)
            {
                freed = await store.Compact(progress, cancellationToken);
            }
            else
            {
                await sessions.Close(path);
                freed = SessionCompaction.Run(path, progress, cancellationToken);
            }

            return freed <= 0 ? "There was nothing to free." : $"{Size(freed)} freed.";
        }));
    }

    private static Results<Accepted<SessionJobDto>, ProblemHttpResult> Upgrade(SessionRequest request, SessionFolder folder, OpenSessions sessions, SessionJobs jobs)
    {
        if (!TryFind(folder, request.Session, out var path, out var problem))
        {
            return problem;
        }

        return Started(jobs.Start("upgrade", request.Session!, async (progress, cancellationToken) =>
        {
            await sessions.Close(path);
            SessionFolder.Upgrade(path, progress, cancellationToken);
            return "It is up to date.";
        }));
    }

    private static Results<NoContent, ProblemHttpResult> RemoveJob(SessionJobs jobs, [Description("The job's number.")] string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && jobs.Remove(number)
            ? TypedResults.NoContent()
            : ApiProblem.NotFound($"There is no job {id}; it has ended and was forgotten.");

    private static Accepted<SessionJobDto> Started(SessionJobDto job) => TypedResults.Accepted("/api/sessions", job);

    private static bool TryFind(SessionFolder folder, string? session, out string path, out ProblemHttpResult problem)
    {
        (path, problem) = ("", null!);
        if (string.IsNullOrWhiteSpace(session))
        {
            problem = ApiProblem.BadParameter("Say which session.");
            return false;
        }

        try
        {
            path = folder.Find(session);
            return true;
        }
        catch (SessionFileException e)
        {
            problem = ApiProblem.NotFound(e.Message);
            return false;
        }
    }

    private static bool TryName(SessionFolder folder, string? name, out string path, out ProblemHttpResult problem)
    {
        (path, problem) = ("", null!);
        try
        {
            path = folder.PathOfNew(name ?? "");
            return true;
        }
        catch (SessionFileException e)
        {
            problem = ApiProblem.Conflict(e.Message);
            return false;
        }
    }

    private static bool IsFree(OpenSessions sessions, string path, out ProblemHttpResult problem)
    {
        problem = null!;
        if (sessions.Live.Find(path) is not { } store)
        {
            return true;
        }

        problem = ApiProblem.Conflict(store == sessions.Live.Current
            ? $"“{store.Session.Name}” is being recorded and cannot be deleted; record in another session first."
            : $"In “{store.Session.Name}” flows still run that began there, so it cannot be deleted yet; wait until they have ended.");
        return false;
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };
}
