using System.Net;
using System.Net.Sockets;

namespace MitmWeb.Web.Cli;

/// <summary>Says in plain words why a port could not be opened.</summary>
internal static class ListenFailure
{
    /// <summary>The error to show.</summary>
    /// <param name="exception">What opening the port threw; somewhere inside is a <see cref="SocketException"/>.</param>
    /// <param name="who">Whose port it is: <c>the proxy</c>.</param>
    /// <param name="host">The address that was asked for, or null for all interfaces.</param>
    /// <param name="port">The port that was asked for.</param>
    /// <param name="hostOption">The option that changes the address.</param>
    /// <param name="portOption">The option that changes the port.</param>
    public static StartException Describe(Exception exception, string who, IPAddress? host, int port, string hostOption, string portOption) =>
        (exception.GetBaseException() as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => new StartException(
                $"port {port} for {who} is in use{HeldBy(port)}: choose another one with {portOption}", exception),
            SocketError.AccessDenied => new StartException(
                $"port {port} for {who} may not be opened by this user: choose one above 1023 with {portOption}", exception),
            SocketError.AddressNotAvailable => new StartException(
                $"{host} is not an address of this machine: {who} cannot listen there, choose another one with {hostOption}", exception),
            _ => new StartException($"port {port} for {who} cannot be opened: {exception.Message.TrimEnd('.')}", exception),
        };

    private static string HeldBy(int port) => PortHolder.Find(port) is { } holder ? $" by {holder}" : "";
}
