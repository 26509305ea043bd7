using System.Net;

namespace MitmWeb.Proxy.PassThrough;

/// <summary>The clients that have lately rejected the certificate of a host and not accepted it since, for a hint to people. Thread-safe.</summary>
public sealed class ClientRejections
{
    /// <summary>How many are kept: a client without the CA soon tries dozens of hosts.</summary>
    public const int Capacity = 20;

    private readonly Lock _lock = new();
    private volatile ClientRejection[] _newest = [];

    /// <summary>Raised when <see cref="Newest"/> has changed; from any thread.</summary>
    public event Action? Changed;

    /// <summary>One for each client and host, the newest first.</summary>
    public IReadOnlyList<ClientRejection> Newest => _newest;

    /// <summary>Takes one down, in place of an earlier one of the same client for the same host.</summary>
    internal void Add(ClientRejection rejection)
    {
        lock (_lock)
        {
            _newest = [.. _newest.Where(one => !Is(one, rejection.Client, rejection.Host)).Prepend(rejection).Take(Capacity)];
        }

        Changed?.Invoke();
    }

    /// <summary>The client has accepted the certificate for that host.</summary>
    internal void Accepted(IPAddress client, string host)
    {
        if (!Array.Exists(_newest, one => Is(one, client, host)))
        {
            return;
        }

        lock (_lock)
        {
            _newest = [.. _newest.Where(one => !Is(one, client, host))];
        }

        Changed?.Invoke();
    }

    private static bool Is(ClientRejection one, IPAddress client, string host) =>
        one.Client.Equals(client) && one.Host.Equals(host, StringComparison.OrdinalIgnoreCase);
}
