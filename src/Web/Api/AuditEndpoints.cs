using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Web.Api;

/// <summary>The audit of the hosts.</summary>
internal static class AuditEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/audit", Get)
            .WithName("getAudit")
            .WithSummary("What the captured traffic shows of the hosts' security")
            .WithDescription("Reads the whole session, which takes a while when it is long; the outcome is kept until the session changes. The rules are in docs/audit.md.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/flows/{id}/audit", GetFlow)
            .WithName("getFlowAudit")
            .WithSummary("What one flow alone shows of its host's security")
            .WithDescription("The findings, the worst first, by the rules of docs/audit.md. They are empty when the answer is not the host's own: passed through, made or changed by MitmWeb.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
    }

    private static Results<Ok<AuditFindingDto[]>, ProblemHttpResult> GetFlow(RequestedSession session, TimeProvider time, [Description("The flow's id.")] string id)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        using var view = session.Store.OpenView();
        return SessionAuditor.RunFlow(view, number, time) is { } findings
            ? TypedResults.Ok(findings.Select(AuditFindingDto.From).ToArray())
            : FlowEndpoints.NoSuchFlow(number);
    }

    private static async Task<Results<Ok<AuditDto>, ProblemHttpResult>> Get(
        LiveAudit audit,
        RequestedSession session,
        [Description("Only these hosts: names or addresses, “*.” before a name for all under it; as often as wanted. All hosts when absent.")] string[]? host,
        CancellationToken cancellationToken)
    {
        var patterns = new List<HostPattern>();
        foreach (var text in host ?? [])
        {
            if (HostPattern.Parse(text) is not { } pattern)
            {
                return ApiProblem.BadParameter($"“{text}” is not a host, which is a name such as example.com or *.example.com, or an address.");
            }

            patterns.Add(pattern);
        }

        var report = await audit.GetAsync(session.Store, cancellationToken);
        return TypedResults.Ok(AuditDto.From(patterns.Count == 0
            ? report
            : report with { Hosts = [.. report.Hosts.Where(one => patterns.Exists(pattern => pattern.Matches(one.Host)))] }));
    }
}
