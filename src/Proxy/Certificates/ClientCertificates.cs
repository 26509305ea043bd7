namespace MitmWeb.Proxy.Certificates;

/// <summary>The certificates that servers get when they ask for one: one for all, or one per host. Thread-safe.</summary>
internal sealed class ClientCertificates
{
    private const string Option = "--client-certs";

    private readonly string? _file;
    private readonly string? _folder;
    private readonly string? _passphrase;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTime ChangedAt, ClientIdentity Identity)> _byFile = [];

    /// <param name="path">A PEM file, or a folder with files named <c>host.pem</c>; null for none.</param>
    /// <param name="passphrase">What opens encrypted keys.</param>
    /// <exception cref="TlsOptionsException">There is no such file or folder, or a file cannot be used.</exception>
    public ClientCertificates(string? path, string? passphrase)
    {
        _passphrase = passphrase;
        if (path is null)
        {
            return;
        }

        if (!Directory.Exists(path))
        {
            _file = path;
            Load(path);
            return;
        }

        // All of them now, so that a file that cannot be used is told at the start instead of in the middle of the traffic.
        _folder = path;
        foreach (var file in Directory.EnumerateFiles(path, "*.pem"))
        {
            Load(file);
        }
    }

    /// <summary>The certificate for a server; null for none. A file that has changed since is read again.</summary>
    /// <param name="host">The name asked for by SNI, or the address.</param>
    public ClientIdentity? For(string host)
    {
        var file = _file;
        if (_folder is not null)
        {
            // A host cannot hold a separator, but a file must never be looked for elsewhere.
            var name = host.ToLowerInvariant() + ".pem";
            file = Path.Combine(_folder, name);
            file = Path.GetFileName(file) == name && File.Exists(file) ? file : null;
        }

        if (file is null)
        {
            return null;
        }

        try
        {
            return Load(file);
        }
        catch (TlsOptionsException exception)
        {
            // Told with the exchange that needs it; the file may be right again for the next one.
            return new ClientIdentity(file, null, exception.Message);
        }
    }

    private ClientIdentity Load(string file)
    {
        // One at a time: two objects for one file would keep connections from being shared.
        lock (_lock)
        {
            var changedAt = File.GetLastWriteTimeUtc(file);
            if (_byFile.TryGetValue(file, out var known) && known.ChangedAt == changedAt)
            {
                return known.Identity;
            }

            var identity = new ClientIdentity(file, PemFile.ReadPair(file, _passphrase, Option));
            _byFile[file] = (changedAt, identity);
            return identity;
        }
    }
}
