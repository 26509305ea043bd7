using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Web.Setup;

/// <summary>The set-up site on the dashboard.</summary>
internal static class SetupEndpoints
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    /// <summary>
    /// Maps <c>/setup</c> and what is below it, and <c>/api/certificate/{format}</c>. Takes the <see cref="CertificateAuthority"/> and
    /// a <c>Func&lt;IReadOnlyList&lt;string&gt;&gt;</c> with the proxy's current addresses from the services.
    /// </summary>
    public static IEndpointConventionBuilder MapSetup(this IEndpointRouteBuilder endpoints)
    {
        var authority = endpoints.ServiceProvider.GetRequiredService<CertificateAuthority>();
        var addresses = endpoints.ServiceProvider.GetRequiredService<Func<IReadOnlyList<string>>>();
        var site = new SetupSite(authority);
        var group = endpoints.MapGroup("").ExcludeFromDescription();

        group.MapMethods("/setup/{**path}", Methods, (RequestDelegate)(context => WriteAsync(context, site.Respond(RequestOf(context, addresses())))));
        group.MapMethods("/api/certificate/{format}", Methods, (RequestDelegate)(context =>
            site.Certificate((string)context.Request.RouteValues["format"]!) is { } response
                ? WriteAsync(context, response)
                : Results.Problem("There is no such format: ask for pem, cer, p12 or mobileconfig.", statusCode: 404).ExecuteAsync(context)));
        return group;
    }

    /// <summary>Writes an answer of the site; for HEAD its length only.</summary>
    public static async Task WriteAsync(HttpContext context, SetupResponse response)
    {
        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.ContentType;
        context.Response.ContentLength = response.Body.Length;
        foreach (var (name, value) in response.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(response.Body, context.RequestAborted);
        }
    }

    private static SetupRequest RequestOf(HttpContext context, IReadOnlyList<string> addresses)
    {
        var port = addresses.Select(ProxyAddress.Parse).FirstOrDefault(a => a is not null)?.Port;
        return new SetupRequest
        {
            Via = SetupVia.Dashboard,
            Method = context.Request.Method,
            Path = "/" + context.Request.RouteValues["path"],
            Query = context.Request.QueryString.Value ?? "",
            Host = context.Request.Host.Value ?? "",
            IsHttps = context.Request.IsHttps,
            Prefix = context.Request.PathBase.Value + "/setup",
            ProxyAddresses = addresses,
            ProxyPort = port ?? 8080,
            ClientAddress = context.Connection.RemoteIpAddress,
            UserAgent = context.Request.Headers.UserAgent.ToString(),
        };
    }
}
