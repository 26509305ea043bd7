using System.CommandLine;
using System.CommandLine.Parsing;
using MitmWeb.Proxy;

namespace MitmWeb.Web.Cli;

/// <summary>The options about certificates and TLS. Their names are mitmproxy's where it has one.</summary>
internal sealed class TlsOptionSet
{
    private static readonly Dictionary<string, TlsVersion> Versions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UNBOUNDED"] = TlsVersion.Unbounded,
        ["TLS1"] = TlsVersion.Tls10,
        ["TLS1_1"] = TlsVersion.Tls11,
        ["TLS1_2"] = TlsVersion.Tls12,
        ["TLS1_3"] = TlsVersion.Tls13,
    };

    private readonly Option<ConnectionStrategy> _connectionStrategy = new("--connection-strategy")
    {
        Description = "When to connect to a server: eager (before the client's TLS handshake, to copy its certificate) or lazy (for the first request) (default: eager)",
        HelpName = "eager|lazy",
        CustomParser = result => result.Tokens[0].Value switch
        {
            "eager" => ConnectionStrategy.Eager,
            "lazy" => ConnectionStrategy.Lazy,
            var text => Wrong(result, $"takes eager or lazy, not '{text}'", ConnectionStrategy.Eager),
        },
    };

    private readonly Option<bool> _noUpstreamCert = new("--no-upstream-cert")
    {
        Description = "Do not copy names from the server's certificate",
    };

    private readonly Option<string[]> _certs = new("--certs")
    {
        Description = "Certificate to show for a domain (*.example.com; all without one): PEM with key and chain; may be repeated",
        HelpName = "[domain=]file",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _certPassphrase = new("--cert-passphrase")
    {
        Description = "What opens encrypted keys (of the CA, --certs, --client-certs); or set MITMWEB_CERT_PASSPHRASE, which other users cannot see",
        HelpName = "text",
    };

    private readonly Option<string?> _clientCerts = new("--client-certs")
    {
        Description = "Certificate for servers that ask for one: a PEM file with its key, or a folder with HOST.pem files",
        HelpName = "file|folder",
    };

    private readonly Option<bool> _requestClientCert = new("--request-client-cert")
    {
        Description = "Ask clients for a certificate, take any, and record it",
    };

    private readonly Option<string[]> _verifyHost = new("--ssl-verify-host")
    {
        Description = "Check for one host (or *.example.com): verify, skip, or sha256:HASH of its certificate or public key; may be repeated",
        HelpName = "host=how",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _trustedCa = new("--ssl-verify-upstream-trusted-ca")
    {
        Description = "PEM file with the CAs that servers are checked against (default: the system's)",
        HelpName = "file",
    };

    private readonly Option<string?> _trustedConfdir = new("--ssl-verify-upstream-trusted-confdir")
    {
        Description = "Folder with such files",
        HelpName = "folder",
    };

    private readonly Option<TlsVersion?> _clientMin = Version("--tls-version-client-min", "Oldest TLS version for clients: UNBOUNDED, TLS1, TLS1_1, TLS1_2 or TLS1_3", TlsVersion.Tls12);

    private readonly Option<TlsVersion?> _clientMax = Version("--tls-version-client-max", "Newest TLS version for clients", TlsVersion.Unbounded);

    private readonly Option<TlsVersion?> _serverMin = Version("--tls-version-server-min", "Oldest TLS version for servers", TlsVersion.Tls12);

    private readonly Option<TlsVersion?> _serverMax = Version("--tls-version-server-max", "Newest TLS version for servers", TlsVersion.Unbounded);

    private readonly Option<string?> _ciphersClient = new("--ciphers-client")
    {
        Description = "Cipher suites for clients, as an OpenSSL list or IANA names",
        HelpName = "list",
    };

    private readonly Option<string?> _ciphersServer = new("--ciphers-server")
    {
        Description = "Cipher suites for servers",
        HelpName = "list",
    };

    private readonly Option<string?> _curveClient = new("--tls-ecdh-curve-client")
    {
        Description = "Curve for key exchange with clients; must be the same as that for servers",
        HelpName = "name",
    };

    private readonly Option<string?> _curveServer = new("--tls-ecdh-curve-server")
    {
        Description = "Curve for key exchange with servers",
        HelpName = "name",
    };

    private readonly Option<string?> _keyLog = new("--tls-keylog")
    {
        Description = "File to write TLS secrets to, for Wireshark (or set SSLKEYLOGFILE)",
        HelpName = "file",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _connectionStrategy, _noUpstreamCert, _certs, _certPassphrase, _clientCerts, _requestClientCert, _verifyHost, _trustedCa, _trustedConfdir,
            _clientMin, _clientMax, _serverMin, _serverMax, _ciphersClient, _ciphersServer, _curveClient, _curveServer, _keyLog,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Read(ParseResult parsed, out TlsOptions options, out string? keyLog)
    {
        options = new TlsOptions();
        keyLog = Path(_keyLog);
        foreach (var option in new Option<string?>[] { _certPassphrase, _clientCerts, _trustedCa, _trustedConfdir, _ciphersClient, _ciphersServer, _curveClient, _curveServer, _keyLog })
        {
            if (parsed.GetValue(option) is { } text && string.IsNullOrWhiteSpace(text))
            {
                return $"{option.Name} needs a value that is not empty";
            }
        }

        var certs = new List<string>();
        foreach (var spec in parsed.GetValue(_certs) ?? [])
        {
            var cut = spec.IndexOf('=', StringComparison.Ordinal);
            if (cut == 0 || spec.AsSpan(cut + 1).IsWhiteSpace())
            {
                return $"--certs takes [domain=]file, not '{spec}'";
            }

            certs.Add(spec[..(cut + 1)] + UserPath.Expand(spec[(cut + 1)..]));
        }

        var verify = new List<HostVerification>();
        foreach (var text in parsed.GetValue(_verifyHost) ?? [])
        {
            if (!HostVerification.TryParse(text, out var one))
            {
                return $"--ssl-verify-host takes HOST=verify, HOST=skip or HOST=sha256:HASH (64 hexadecimal digits or Base64), not '{text}'";
            }

            verify.Add(one);
        }

        options = new TlsOptions
        {
            ConnectionStrategy = parsed.GetValue(_connectionStrategy),
            UpstreamCert = !parsed.GetValue(_noUpstreamCert),
            Certs = certs,
            CertPassphrase = parsed.GetValue(_certPassphrase),
            ClientCerts = Path(_clientCerts),
            RequestClientCert = parsed.GetValue(_requestClientCert),
            TrustedCa = Path(_trustedCa),
            TrustedConfdir = Path(_trustedConfdir),
            Verify = verify,
            Client = new TlsSideOptions
            {
                MinVersion = parsed.GetValue(_clientMin) ?? TlsVersion.Tls12,
                MaxVersion = parsed.GetValue(_clientMax) ?? TlsVersion.Unbounded,
                Ciphers = parsed.GetValue(_ciphersClient),
                EcdhCurve = parsed.GetValue(_curveClient),
            },
            Server = new TlsSideOptions
            {
                MinVersion = parsed.GetValue(_serverMin) ?? TlsVersion.Tls12,
                MaxVersion = parsed.GetValue(_serverMax) ?? TlsVersion.Unbounded,
                Ciphers = parsed.GetValue(_ciphersServer),
                EcdhCurve = parsed.GetValue(_curveServer),
            },
        };
        return Backwards(options.Client, "client") ?? Backwards(options.Server, "server");

        string? Path(Option<string?> option) => parsed.GetValue(option) is { } path && !string.IsNullOrWhiteSpace(path) ? UserPath.Expand(path) : null;
    }

    private static string? Backwards(TlsSideOptions side, string name) =>
        side.MaxVersion != TlsVersion.Unbounded && side.MinVersion > side.MaxVersion
            ? $"--tls-version-{name}-min ({Name(side.MinVersion)}) is newer than --tls-version-{name}-max ({Name(side.MaxVersion)}): change one of them"
            : null;

    private static string Name(TlsVersion version) => Versions.First(one => one.Value == version).Key;

    private static Option<TlsVersion?> Version(string name, string description, TlsVersion standard) => new(name)
    {
        Description = $"{description} (default: {Name(standard)})",
        HelpName = "version",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            return Versions.TryGetValue(text, out var version) ? version
                : text.Equals("SSL3", StringComparison.OrdinalIgnoreCase) ? Wrong(result, "cannot be SSL3, which OpenSSL does not speak any more: TLS1 is the oldest", version)
                : Wrong(result, $"takes {string.Join(", ", Versions.Keys)}, not '{text}'", version);
        },
    };

    private static T Wrong<T>(ArgumentResult result, string problem, T value)
    {
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {problem}");
        return value;
    }
}
