namespace MitmWeb.Web.Api;

/// <summary>Which host to pass through.</summary>
/// <param name="Host">A name or address, without a scheme, port or path.</param>
/// <param name="Client">The address of the one client that it is for; null or absent for all.</param>
public sealed record PassHostRequest(string? Host, string? Client);
