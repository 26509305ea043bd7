using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The session that a request is about: the one that is recorded, or the one that its parameter <c>session</c> names. It stays open until
/// the request is answered.</summary>
internal sealed class RequestedSession(LiveStore live) : IDisposable
{
    /// <summary>The parameter of the address.</summary>
    public const string Parameter = "session";

    /// <summary>Where posting does not change anything.</summary>
    private static readonly string[] Questions = ["api/sql", "api/highlights/match", "api/flows/summary"];

    /// <summary>Where the addresses begin that are about a session.</summary>
    private static readonly string[] Prefixes = ["api/flows", "api/filter", "api/audit", "api/session", "api/deletions", .. Questions];

    private SessionLease? _lease;

    public FlowStore Store => _lease?.Store ?? live.Current;

    /// <summary>Looks the session up before an endpoint of this group is called, and answers itself when that cannot be done.</summary>
    public static void Resolve(RouteGroupBuilder api)
    {
        ((IEndpointConventionBuilder)api).Add(LookUp);
        api.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            var path = context.Description.RelativePath ?? "";
            var asks = context.Description.HttpMethod == "GET" || Questions.Any(question => path.StartsWith(question, StringComparison.Ordinal));
            if (asks && Prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)) && path != "api/sessions")
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = Parameter,
                    In = ParameterLocation.Query,
                    Description = "The session to look at, by its name or the path of its file; the one that is recorded when absent.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            return Task.CompletedTask;
        });
    }

    public void Dispose() => _lease?.Dispose();

    private static void LookUp(EndpointBuilder endpoint)
    {
        var next = endpoint.RequestDelegate;
        endpoint.RequestDelegate = async context =>
        {
            var name = context.Request.Query[Parameter].ToString();
            if (name.Length > 0)
            {
                var requested = context.RequestServices.GetRequiredService<RequestedSession>();
                try
                {
                    requested._lease = context.RequestServices.GetRequiredService<OpenSessions>().Look(name);
                }
                catch (SessionFileException e)
                {
                    await ApiProblem.NotFound(e.Message).ExecuteAsync(context);
                    return;
                }

                var asks = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || Questions.Any(question => context.Request.Path.StartsWithSegments($"/{question}"));
                if (requested.Store.IsReadOnly && !asks)
                {
                    await ApiProblem.Conflict($"The session {requested.Store.Session.Name} is opened read only; record in it to change it.").ExecuteAsync(context);
                    return;
                }
            }

            if (next is not null)
            {
                await next(context);
            }
        };
    }
}
