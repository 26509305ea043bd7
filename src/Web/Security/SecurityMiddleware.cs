using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MitmWeb.Web.Pages;

namespace MitmWeb.Web.Security;

/// <summary>
/// Stands before everything the dashboard serves: (1) the headers that keep a browser from being tricked, (2) the host's name,
/// (3) the origin, (4) the token, as <c>?token=</c> on a page, as cookie, or as bearer token.
/// </summary>
internal sealed class SecurityMiddleware
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private readonly RequestDelegate _next;
    private readonly AccessToken _token;
    private readonly HostRules _rules;
    private readonly GuessBrake _brake;

    public SecurityMiddleware(RequestDelegate next, IOptions<MitmWebSecurityOptions> options, TimeProvider clock)
    {
        _next = next;
        _token = new AccessToken(options.Value.Token);
        _rules = new HostRules(options.Value, Environment.MachineName);
        _brake = new GuessBrake(options.Value.WrongTokenDelay, clock);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        SetHeaders(context.Response.Headers);

        // Anybody may learn how to set a device up, by whatever name the device knows this machine.
        var open = request.Path.StartsWithSegments("/setup", StringComparison.OrdinalIgnoreCase);
        if (!open && !_rules.IsOurs(request.Host))
        {
            await Refuse(
                context,
                StatusCodes.Status403Forbidden,
                $"“{request.Host.Host}” is not a name of this MitmWeb. Open the dashboard by its address, by localhost or by the machine's name, " +
                "or allow the name in the settings.");
            return;
        }

        if (!IsFromHere(request))
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "The request comes from another site, which may not use MitmWeb.");
            return;
        }

        if (open)
        {
            await _next(context);
            return;
        }

        if (HttpMethods.IsGet(request.Method) && !IsApi(request.Path) && request.Query["token"] is { Count: 1 } given)
        {
            if (_token.IsToken(given.ToString()))
            {
                await SignIn(context);
            }
            else
            {
                await RefuseWrongToken(context);
            }

            return;
        }

        if (request.Headers.Authorization.ToString() is { Length: > 0 } authorization)
        {
            if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || !_token.IsToken(authorization["Bearer ".Length..].Trim()))
            {
                await RefuseWrongToken(context);
                return;
            }
        }
        else if (request.Cookies[CookieName(request)] is not { } cookie || !_token.IsCookie(cookie))
        {
            await RefuseUnknown(context, page: SignInPage.Unauthorized);
            return;
        }

        await _next(context);
    }

    /// <summary>Browsers send a host's cookies to every port of it: the port in the name keeps two dashboards on one machine apart.</summary>
    private static string CookieName(HttpRequest request) => $"mitmweb-{request.Host.Port ?? (request.IsHttps ? 443 : 80)}";

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/hub", StringComparison.OrdinalIgnoreCase);

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task RefuseUnknown(HttpContext context, string page)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Refuse(
            context,
            StatusCodes.Status401Unauthorized,
            "The token is missing or wrong. mitmweb printed it at its start, at the end of the dashboard's address; send it as “Authorization: Bearer TOKEN”.",
            page);
    }

    private static async Task Refuse(HttpContext context, int status, string sentence, string? page = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (IsApi(context.Request.Path))
        {
            var title = status == StatusCodes.Status401Unauthorized ? "Not signed in" : "Refused";
            await context.Response.WriteAsJsonAsync(
                new ProblemDetails { Status = status, Title = title, Detail = sentence },
                options: null,
                contentType: "application/problem+json",
                context.RequestAborted);
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        var html = PlainPage.Write("MitmWeb", page ?? $"<h1>Refused</h1><p>{HtmlEncoder.Default.Encode(sentence)}</p>");
        await context.Response.WriteAsync(html, Encoding.UTF8, context.RequestAborted);
    }

    private async Task RefuseWrongToken(HttpContext context)
    {
        if (await _brake.Wait(context.RequestAborted))
        {
            await RefuseUnknown(context, SignInPage.WrongToken + SignInPage.Unauthorized);
            return;
        }

        context.Response.Headers.RetryAfter = "2";
        await Refuse(context, StatusCodes.Status429TooManyRequests, "There were too many wrong tokens; try again in a few seconds.");
    }

    private bool IsFromHere(HttpRequest request)
    {
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin)
        {
            return _rules.IsSameOrigin(origin, request.Host);
        }

        // Browsers name the origin of what changes something; this is for those that would not. Programs send neither.
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return (safe && !request.Path.StartsWithSegments("/hub", StringComparison.OrdinalIgnoreCase))
            || request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
    }

    private async Task SignIn(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Cookies.Append(CookieName(request), _token.CookieValue, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = request.IsHttps,
            Path = "/",
            IsEssential = true,
        });
        response.Headers.CacheControl = "no-store";
        var rest = QueryString.Create(request.Query.Where(pair => pair.Key != "token")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value)));
        var page = UriHelper.BuildRelative(request.PathBase, request.Path, rest);
        // "//evil.example/" would be another site's address.
        page = page.StartsWith("//", StringComparison.Ordinal) || page.StartsWith("/\\", StringComparison.Ordinal) ? "/" : page;
        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            // A browser that came from another site would not send the new cookie along with a redirect; with a page's own step it does.
            response.ContentType = "text/html; charset=utf-8";
            var target = HtmlEncoder.Default.Encode(page);
            await response.WriteAsync(
                PlainPage.Write("MitmWeb", $"<meta http-equiv=\"refresh\" content=\"0;url={target}\"><p><a href=\"{target}\">Open the dashboard</a></p>"),
                context.RequestAborted);
            return;
        }

        response.Redirect(page);
    }
}
