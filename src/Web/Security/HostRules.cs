using System.Net;
using Microsoft.AspNetCore.Http;

namespace MitmWeb.Web.Security;

/// <summary>Which names in <c>Host</c> and which origins are ours.</summary>
internal sealed class HostRules
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly HashSet<string> _origins;

    public HostRules(MitmWebSecurityOptions options, string machineName)
    {
        _hosts.Add(machineName);
        _hosts.Add(machineName + ".local");
        _hosts.UnionWith(options.AllowedHosts.Select(host => host.Trim('[', ']')));
        _origins = new HashSet<string>(options.AllowedOrigins.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a page that an attacker's DNS points here could not have that name.</summary>
    public bool IsOurs(HostString host)
    {
        if (!host.HasValue)
        {
            return false;
        }

        var name = host.Host.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(name, out _)
            || _hosts.Contains(name)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether an <c>Origin</c> is the very address that the request went to. The scheme may differ, for a TLS proxy may stand before.</summary>
    public bool IsSameOrigin(string origin, HostString host) =>
        _origins.Contains(origin)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && from.Scheme is "http" or "https"
            && Uri.TryCreate($"{from.Scheme}://{host.Value}", UriKind.Absolute, out var to)
            && string.Equals(from.Authority, to.Authority, StringComparison.OrdinalIgnoreCase));
}
