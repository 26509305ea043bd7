namespace MitmWeb.Proxy.Connections;

/// <summary>A way in, as it is now.</summary>
/// <param name="Mode">The mode spec: <c>regular</c>.</param>
/// <param name="Host">The address asked for; empty for all interfaces.</param>
/// <param name="Port">The port that it listens on.</param>
/// <param name="Addresses">The addresses (<c>address:port</c>) under which clients reach it.</param>
/// <param name="Connections">How many client connections are open.</param>
public sealed record ListenerState(string Mode, string Host, int Port, IReadOnlyList<string> Addresses, int Connections);
