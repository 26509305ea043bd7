using System.Collections.Concurrent;
using System.Net.Security;

namespace MitmWeb.Proxy.Certificates;

/// <summary>The certificates that servers get when they ask for one: one for all, or one per host. Thread-safe.</summary>
internal sealed class ClientCertificates
{
    private const string Option = "--client-certs";

    private readonly string? _folder;
    private readonly string? _passphrase;
    private readonly SslStreamCertificateContext? _forAll;
    private readonly ConcurrentDictionary<string, (DateTime ChangedAt, SslStreamCertificateContext Context)> _byFile = new();

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
            _forAll = PemFile.ReadPair(path, passphrase, Option);
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
    /// <exception cref="TlsOptionsException">The file cannot be used any more.</exception>
    public SslStreamCertificateContext? For(string host)
    {
        if (_folder is null)
        {
            return _forAll;
        }

        // A host cannot hold a separator, but a file must never be looked for elsewhere.
        var name = host.ToLowerInvariant() + ".pem";
        var file = Path.Combine(_folder, name);
        return Path.GetFileName(file) == name && File.Exists(file) ? Load(file) : null;
    }

    private SslStreamCertificateContext Load(string file)
    {
        var changedAt = File.GetLastWriteTimeUtc(file);
        if (_byFile.TryGetValue(file, out var known) && known.ChangedAt == changedAt)
        {
            return known.Context;
        }

        var context = PemFile.ReadPair(file, _passphrase, Option);
        _byFile[file] = (changedAt, context);
        return context;
    }
}
