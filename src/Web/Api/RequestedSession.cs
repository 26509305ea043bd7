using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The session that a request is about: the one that is recorded, or the one that its parameter <c>session</c> names. It stays open until
/// the request is answered.</summary>
internal sealed class RequestedSession(LiveStore live) : IDisposable
{
    /// <summary>The parameter of the address.</summary>
    public const string Parameter = "session";

    private SessionLease? _lease;

    public FlowStore Store => _lease?.Store ?? live.Current;

    /// <summary>Looks the session up before an endpoint of this group is called, and answers itself when that cannot be done.</summary>
    public static void Resolve(RouteGroupBuilder api) => ((IEndpointConventionBuilder)api).Add(endpoint =>
    {
        var next = endpoint.RequestDelegate;
        endpoint.RequestDelegate = async context =>
        {
            var name = context.Request.Query[Parameter].ToString();
            if (name.Length > 0)
            {
                try
                {
                    var requested = context.RequestServices.GetRequiredService<RequestedSession>();
                    requested._lease = context.RequestServices.GetRequiredService<OpenSessions>().Look(name);
                }
                catch (SessionFileException e)
                {
                    await ApiProblem.NotFound(e.Message).ExecuteAsync(context);
                    return;
                }
            }

            if (next is not null)
            {
                await next(context);
            }
        };
    });

    public void Dispose() => _lease?.Dispose();
}
