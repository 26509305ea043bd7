namespace MitmWeb.Web.Api;

/// <summary>One way in.</summary>
/// <param name="Mode">The mode spec: <c>regular</c>.</param>
/// <param name="Host">The address asked for; empty for all.</param>
/// <param name="Port">The port.</param>
/// <param name="Addresses">The addresses at which clients reach it, with the port.</param>
/// <param name="Error">Why it does not listen, in one plain sentence; null when it does.</param>
/// <param name="Connections">Open client connections.</param>
public sealed record ListenerDto(string Mode, string Host, int Port, IReadOnlyList<string> Addresses, string? Error, int Connections);
