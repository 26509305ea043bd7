using System.Net;
using System.Net.Sockets;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.PassThrough;

/// <summary>
/// Which connections are passed on unread: by the patterns of the options, by what people added while MitmWeb runs, and, when asked for,
/// by what it learns from clients that reject the certificate again and again. Thread-safe.
/// </summary>
public sealed class PassThroughList
{
    /// <summary>How many clients and hosts are remembered to have accepted or rejected a certificate; a bound, so that no scan fills the memory.</summary>
    private const int MaxRemembered = 10_000;

    private readonly HostExpression[] _ignore;
    private readonly HostExpression[] _allow;
    private readonly int? _after;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<(IPAddress Client, string Host), int> _rejections = [];
    private readonly HashSet<IPAddress> _trusting = [];
    private readonly HashSet<(IPAddress Client, string Host)> _accepted = [];
    private volatile PassThroughEntry[] _entries = [];

    /// <summary>A list with the patterns of the options.</summary>
    /// <exception cref="ArgumentException">A pattern is no regular expression.</exception>
    public PassThroughList(ProxyOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ignore = [.. options.IgnoreHosts.Select(Parse)];
        _allow = [.. options.AllowHosts.Select(Parse)];
        _after = options.PassThroughAfter;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Raised when <see cref="Entries"/> has changed; from any thread.</summary>
    public event Action? Changed;

    /// <summary>What was added while MitmWeb runs, the oldest first.</summary>
    public IReadOnlyList<PassThroughEntry> Entries => _entries;

    /// <summary>What is wrong with a pattern for <see cref="ProxyOptions.IgnoreHosts"/> or <see cref="ProxyOptions.AllowHosts"/>; null when nothing is.</summary>
    public static string? CheckPattern(string text) => HostExpression.TryParse(text, out _, out var problem) ? null : problem;

    /// <summary>Adds a host for all clients or for one; one that is there already stays.</summary>
    /// <exception cref="ArgumentException">It is not a host.</exception>
    public void Add(string host, IPAddress? client = null)
    {
        if (!IsHost(host))
        {
            throw new ArgumentException($"“{host}” is not a host: give a name or an address without a scheme, port or path.", nameof(host));
        }

        Add(new PassThroughEntry(Bare(host), client, _time.GetUtcNow()));
    }

    /// <summary>Puts back what an earlier run had.</summary>
    public void Restore(IEnumerable<PassThroughEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var entry in entries.Where(one => IsHost(one.Host)))
        {
            Add(entry);
        }
    }

    /// <summary>Takes a host out again, so that its next connections are intercepted.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string host, IPAddress? client = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        lock (_lock)
        {
            var left = _entries.Where(entry => !(IsFor(entry, host, client))).ToArray();
            if (left.Length == _entries.Length)
            {
                return false;
            }

            _entries = left;
            foreach (var key in _rejections.Keys.Where(key => key.Host.Equals(host, StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                _rejections.Remove(key);
            }
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Why a connection is to be passed on unread.</summary>
    /// <param name="destination">Where the client wants to go.</param>
    /// <param name="serverName">The name in its ClientHello, or null.</param>
    /// <param name="client">The client.</param>
    /// <param name="isLast">Whether nothing more will be known of it; before, a missing match with the allowed hosts says nothing.</param>
    /// <param name="cancellationToken">Ends a name look-up.</param>
    /// <returns>The reason in words; null when it is to be intercepted.</returns>
    internal async ValueTask<string?> ReasonAsync(Destination destination, string? serverName, IPAddress client, bool isLast, CancellationToken cancellationToken)
    {
        if (ReasonByName(destination.Host, serverName, client) is { } reason)
        {
            return reason;
        }

        if (_ignore.Length == 0 && _allow.Length == 0)
        {
            return null;
        }

        var names = new List<string> { destination.Authority };
        if (serverName is not null)
        {
            names.Add((destination with { Host = serverName }).Authority);
        }

        // Addresses are looked up only where patterns are to be compared with them.
        names.AddRange(await AddressesOf(destination, cancellationToken));
        foreach (var pattern in _ignore)
        {
            if (names.Exists(pattern.IsIn))
            {
                return $"It matches “{pattern.Text}” of the hosts to ignore (--ignore-hosts).";
            }
        }

        return _allow.Length > 0 && isLast && !_allow.Any(pattern => names.Exists(pattern.IsIn))
            ? "It matches none of the hosts to intercept (--allow-hosts)."
            : null;
    }

    /// <summary>A client has rejected the certificate for a host.</summary>
    internal void Rejected(IPAddress client, string host)
    {
        if (_after is not { } limit)
        {
            return;
        }

        int count;
        lock (_lock)
        {
            if (_rejections.Count >= MaxRemembered)
            {
                _rejections.Clear();
            }

            var key = (client, host.ToLowerInvariant());
            count = _rejections[key] = _rejections.GetValueOrDefault(key) + 1;
        }

        if (count >= limit)
        {
            Add(new PassThroughEntry(host, client, _time.GetUtcNow(), count));
        }
    }

    /// <summary>A client has sent a request over a connection with our certificate for a host.</summary>
    internal void Accepted(IPAddress client, string host)
    {
        var key = (client, host.ToLowerInvariant());
        lock (_lock)
        {
            if (_accepted.Count >= MaxRemembered)
            {
                _trusting.Clear();
                _accepted.Clear();
            }

            _trusting.Add(client);
            _accepted.Add(key);
            _rejections.Remove(key);
        }
    }

    /// <summary>Whether a client has sent a request over a connection with our certificate for this host.</summary>
    internal bool HasAccepted(IPAddress client, string host)
    {
        lock (_lock)
        {
            return _accepted.Contains((client, host.ToLowerInvariant()));
        }
    }

    /// <summary>Whether a client has accepted a certificate of ours, for whatever host: then it trusts the CA.</summary>
    internal bool Trusts(IPAddress client)
    {
        lock (_lock)
        {
            return _trusting.Contains(client);
        }
    }

    private static HostExpression Parse(string text) =>
        HostExpression.TryParse(text, out var pattern, out var problem) ? pattern : throw new ArgumentException($"'{text}' is not a regular expression: {problem}");

    private static bool IsHost(string host) => !string.IsNullOrWhiteSpace(host) && Uri.CheckHostName(Bare(host)) != UriHostNameType.Unknown;

    private static string Bare(string host) => host is ['[', .. var inner, ']'] ? inner : host;

    private static bool IsFor(PassThroughEntry entry, string host, IPAddress? client) =>
        entry.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && Equals(entry.Client, client);

    private static async ValueTask<IEnumerable<string>> AddressesOf(Destination destination, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(destination.Host, out _))
        {
            return [];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(destination.Host, cancellationToken);
            return addresses.Select(address => (destination with { Host = address.ToString() }).Authority);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // Connecting will fail for the same reason, and say so.
            return [];
        }
    }

    private string? ReasonByName(string host, string? serverName, IPAddress client)
    {
        foreach (var entry in _entries)
        {
            if (entry.Covers(host, client) || (serverName is not null && entry.Covers(serverName, client)))
            {
                return entry.Rejections > 0
                    ? $"{client} rejected the certificate for {entry.Host} {entry.Rejections} times, so its connections there are passed through."
                    : $"{entry.Host} was added to the hosts that are passed through.";
            }
        }

        return null;
    }

    private void Add(PassThroughEntry entry)
    {
        lock (_lock)
        {
            if (Array.Exists(_entries, one => IsFor(one, entry.Host, entry.Client)))
            {
                return;
            }

            _entries = [.. _entries, entry];
        }

        Changed?.Invoke();
    }
}
