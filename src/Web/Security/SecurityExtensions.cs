using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MitmWeb.Web.Security;

/// <summary>Puts the dashboard behind its token.</summary>
public static class SecurityExtensions
{
    /// <summary>Says who may use the dashboard.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="token">The token of this run.</param>
    /// <param name="configure">More options.</param>
    public static IServiceCollection AddMitmWebSecurity(
        this IServiceCollection services, string token, Action<MitmWebSecurityOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<MitmWebSecurityOptions>(options =>
        {
            options.Token = token;
            configure?.Invoke(options);
        });
        return services;
    }

    /// <summary>Must stand before everything else that answers requests to the dashboard.</summary>
    public static IApplicationBuilder UseMitmWebSecurity(this IApplicationBuilder app) => app.UseMiddleware<SecurityMiddleware>();
}
