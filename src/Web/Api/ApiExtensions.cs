using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;
using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Filters;
using MitmWeb.Web.Hubs;

namespace MitmWeb.Web.Api;

/// <summary>Puts the API and the hub into a host, which must also register a <see cref="LiveStore"/>,
/// a <see cref="SessionFolder"/>, an <see cref="OpenSessions"/>, a <see cref="Proxy.PassThrough.PassThroughList"/> and an <see cref="IStateSource"/>.</summary>
public static class ApiExtensions
{
    /// <summary>What the API and the hub need.</summary>
    public static IServiceCollection AddMitmWebApi(this IServiceCollection services)
    {
        // Without it .NET takes compressed data that is cut off for whole; it is read once, at the first use of a compression stream.
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new SavedFilterLibrary(null, new FilterLanguage()));
        services.AddSingleton(provider => provider.GetRequiredService<SavedFilterLibrary>().Language);
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        services.AddOpenApi("openapi", options =>
        {
            options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddSchemaTransformer(ApiSchemas.Describe);
            options.AddDocumentTransformer(ApiSchemas.AddHubMessages);
            options.AddDocumentTransformer((document, _, _) =>
            {
                // Wherever the document came from, so that it is the same for every dashboard.
                document.Servers = [new OpenApiServer { Url = "/" }];
                document.Info = new OpenApiInfo
                {
                    Title = "MitmWeb",
                    Version = "1",
                    Description = "What the dashboard uses. Sign in with “Authorization: Bearer TOKEN”; the token is printed when mitmweb starts. "
                        + "Errors are problem details (RFC 9457). Changes are pushed over the SignalR hub at /hub.",
                };
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
                return Task.CompletedTask;
            });
        });
        services.AddSignalR(options => options.MaximumReceiveMessageSize = 32 * 1024)
            .AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddScoped<RequestedSession>();
        services.AddSingleton<SessionJobs>();
        services.AddSingleton<LiveAudit>();
        services.AddSingleton<SqlTurns>();
        services.AddSingleton<DecodedReaders>();
        services.AddSingleton<FlowBroadcaster>();
        services.AddHostedService(provider => provider.GetRequiredService<FlowBroadcaster>());
        services.AddSingleton<OutlineBroadcaster>();
        services.AddHostedService(provider => provider.GetRequiredService<OutlineBroadcaster>());
        return services;
    }

    /// <summary>Maps everything under /api, and /hub.</summary>
    public static void MapMitmWebApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/api/{documentName}.json");
        var api = routes.MapGroup("/api").WithTags("MitmWeb");
        RequestedSession.Resolve(api);
        api.AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            try
            {
                return await next(context);
            }
            catch (FilterException e)
            {
                return ApiProblem.BadParameter(e.Message);
            }
            catch (IOException e) when (!context.HttpContext.RequestAborted.IsCancellationRequested)
            {
                return ApiProblem.Unavailable(e.Message);
            }
        });
        api.MapGet("/state", (IStateSource source) => TypedResults.Ok(source.Current))
            .WithName("getState")
            .WithSummary("What MitmWeb is doing")
            .WithDescription("Listeners, clients, certificate authority, session. Changes of it are pushed over the hub as “state”.");
        FlowEndpoints.Map(api);
        NotesEndpoints.Map(api);
        FilterEndpoints.Map(api);
        SavedFilterEndpoints.Map(api);
        BodyEndpoints.Map(api);
        CertificateEndpoints.Map(api);
        PassThroughEndpoints.Map(api);
        AuditEndpoints.Map(api);
        SqlEndpoints.Map(api);
        BodyIndexEndpoints.Map(api);
        RecordingEndpoints.Map(api);
        SessionEndpoints.Map(api);
        RetentionEndpoints.Map(api);
        api.MapFallback("/{**rest}", (string? rest) => ApiProblem.NotFound($"There is nothing at /api/{rest}."))
            .ExcludeFromDescription();
        routes.MapHub<FlowsHub>("/hub", options => options.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling);
    }
}
