using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Web.Cli;

/// <summary>The command line of <c>mitmweb</c>: its options, its help, and what is wrong with what was typed. It touches nothing:
/// no file is read or made and no port is opened here.</summary>
internal static class CommandLine
{
    /// <summary>Reads the arguments. Help and the version are printed to <paramref name="output"/>.</summary>
    public static CommandLineResult Parse(IReadOnlyList<string> arguments, TextWriter output)
    {
        var options = new OptionSet();
        var audit = new AuditCommandLine();
        var rotation = new RotateCommand();
        var root = options.CreateCommand();
        root.Add(audit.Command);
        root.Add(rotation.Parent);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

        if (parsed.Action is HelpTextAction or VersionAction)
        {
            parsed.Invoke(new InvocationConfiguration { Output = output });
            return new CommandLineResult.Finished();
        }

        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            return new CommandLineResult.Wrong(DescribeUnknown(unknown, parsed.CommandResult.Command, root));
        }

        if (parsed.Errors is [var error, ..])
        {
            var message = error.Message.ReplaceLineEndings(" ").TrimEnd('.');
            return new CommandLineResult.Wrong(char.ToLowerInvariant(message[0]) + message[1..]);
        }

        if (parsed.CommandResult.Command == rotation.Parent)
        {
            return new CommandLineResult.Wrong("'ca' needs to be told what to do: mitmweb ca rotate");
        }

        return parsed.CommandResult.Command == rotation.Command ? rotation.Read(parsed)
            : parsed.CommandResult.Command == audit.Command ? audit.Read(parsed)
            : options.Read(parsed);
    }

    private static string DescribeUnknown(string token, Command command, RootCommand root)
    {
        if (!token.StartsWith('-'))
        {
            return $"unexpected argument '{token}': {(command == root ? "mitmweb" : command.Name)} takes options only";
        }

        var name = token.Split('=', ':')[0];
        var known = command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name));
        var nearest = NearestName.Find(name, known);
        return nearest is null ? $"unknown option '{name}'" : $"unknown option '{name}', did you mean '{nearest}'?";
    }

    private sealed class OptionSet
    {
        private static readonly IPAddress AllInterfaces = IPAddress.IPv6Any;

        private readonly Option<IPAddress?> _listenHost = new("--listen-host")
        {
            Description = "Address that the proxy listens on (default: all interfaces)",
            HelpName = "address",
            CustomParser = ParseHost,
        };

        private readonly Option<int> _listenPort = new("--listen-port", "-p")
        {
            Description = "Port that the proxy listens on; 0 takes any free one",
            HelpName = "port",
            DefaultValueFactory = _ => MitmWebOptions.DefaultListenPort,
            CustomParser = ParsePort,
        };

        private readonly Option<IPAddress?> _webHost = new("--web-host")
        {
            Description = "Address that the dashboard listens on; * for all interfaces (default: 127.0.0.1)",
            HelpName = "address",
            CustomParser = ParseHost,
        };

        private readonly Option<int> _webPort = new("--web-port")
        {
            Description = "Port that the dashboard listens on; 0 takes any free one",
            HelpName = "port",
            DefaultValueFactory = _ => MitmWebOptions.DefaultWebPort,
            CustomParser = ParsePort,
        };

        private readonly Option<string> _confDir = new("--confdir")
        {
            Description = "Folder of the CA and of the default session",
            HelpName = "folder",
            DefaultValueFactory = _ => "~/.mitmweb",
        };

        private readonly Option<bool> _sslInsecure = new("--ssl-insecure", "-k")
        {
            Description = "Do not verify the certificates of servers",
        };

        private readonly Option<string?> _session = new("--session")
        {
            Description = "File that the traffic is kept in (default: session.mitmweb in the confdir)",
            HelpName = "file",
        };

        private readonly Option<string?> _webPassword = new("--web-password")
        {
            Description = "What opens the dashboard, instead of a new random token at each start",
            HelpName = "value",
        };

        private readonly Option<KeyKind> _caKeyType = new("--ca-key-type")
        {
            Description = "Key of a newly made CA: ecdsa (P-256) or rsa (2048 bits, for old clients) (default: ecdsa)",
            HelpName = "ecdsa|rsa",
            CustomParser = ParseKeyType,
        };

        private readonly Option<string?> _caFile = new("--ca-file")
        {
            Description = "PEM file with the key and the certificate of a CA of your own, instead of the confdir's",
            HelpName = "file",
        };

        private readonly TlsOptionSet _tls = new();

        private readonly Option<TimeSpan?> _connectTimeout = new("--connect-timeout")
        {
            Description = "How long connecting to a server may take (default: 30)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<TimeSpan?> _firstByteTimeout = new("--first-byte-timeout")
        {
            Description = "How long a server may take to begin its response (default: no limit)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<TimeSpan?> _bodyIdleTimeout = new("--body-idle-timeout")
        {
            Description = "How long a server may pause within a response (default: no limit)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<TimeSpan?> _clientIdleTimeout = new("--client-idle-timeout")
        {
            Description = "How long a client's connection may stay without a request (default: 600)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<TimeSpan?> _clientHeadTimeout = new("--client-head-timeout")
        {
            Description = "How long a client may take to send a request's head (default: 60)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<TimeSpan?> _upstreamIdleTimeout = new("--upstream-idle-timeout")
        {
            Description = "How long unused connections to servers are kept (default: 60)",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
        };

        private readonly Option<int?> _upstreamMaxIdle = new("--upstream-max-idle")
        {
            Description = "How many unused connections to servers are kept; 0 keeps none (default: 1024, 128 of them to one server)",
            HelpName = "number",
            CustomParser = result => ParseCount(result, 0),
        };

        private readonly Option<int?> _upstreamMaxPerServer = new("--upstream-max-per-server")
        {
            Description = "How many HTTP/1.1 requests may run with one server at a time; others wait (default: no limit)",
            HelpName = "number",
            CustomParser = result => ParseCount(result, 1),
        };

        private readonly Option<long?> _bodySizeLimit = new("--body-size-limit")
        {
            Description = "Longest body that passes, as 500k, 10m or 2g (default: no limit)",
            HelpName = "size",
            CustomParser = ParseSize,
        };

        private readonly Option<bool> _noValidate = new("--no-validate-inbound-headers")
        {
            Description = "Let messages pass that two readers could understand in two ways (request smuggling): for security tests",
        };

        private readonly Option<HttpVersions?> _clientProtocols = new("--client-protocols")
        {
            Description = "Versions of HTTP that clients may speak: http1, http2 or both (default: both)",
            HelpName = "http1|http2|both",
            CustomParser = ParseProtocols,
        };

        private readonly Option<HttpVersions?> _upstreamProtocols = new("--upstream-protocols")
        {
            Description = "Versions of HTTP that servers are spoken to in: http1, http2 or both (default: both)",
            HelpName = "http1|http2|both",
            CustomParser = ParseProtocols,
        };

        private readonly Option<bool> _noHttp2 = new("--no-http2")
        {
            Description = "Speak HTTP/1.1 alone, with clients and with servers",
        };

        private readonly Option<bool> _upstreamPerClient = new("--upstream-per-client")
        {
            Description = "Give each client connection server connections of its own (HTTP/1.1)",
        };

        private readonly Option<string[]> _ignoreHosts = new("--ignore-hosts")
        {
            Description = "Pass connections through unread whose host:port matches; may be given several times",
            HelpName = "regex",
            CustomParser = ParsePatterns,
        };

        private readonly Option<string[]> _allowHosts = new("--allow-hosts")
        {
            Description = "Intercept only connections whose host:port matches, pass all others through; may be given several times",
            HelpName = "regex",
            CustomParser = ParsePatterns,
        };

        private readonly Option<bool> _hideIgnoredHosts = new("--no-show-ignored-hosts")
        {
            Description = "Do not list the connections that are passed through",
        };

        private readonly Option<int?> _passThroughAfter = new("--pass-through-after")
        {
            Description = "Pass a host through for a client that has rejected its certificate so often (default: never)",
            HelpName = "number",
            CustomParser = result => ParseCount(result, 1),
        };

        private readonly Option<SslStripTarget[]> _sslStrip = new("--ssl-strip")
        {
            Description = "Test whether a host withstands SSL stripping: keep https from clients that come to it over http (host, *.host or host:port; may be given more than once)",
            HelpName = "host",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = ParseTargets,
        };

        private readonly Option<bool> _quiet = new("--quiet", "-q")
        {
            Description = "Print nothing but the dashboard's address and errors",
        };

        private readonly Option<bool> _verbose = new("--verbose", "-v")
        {
            Description = "Print a line for each exchange, and the details of what goes wrong",
        };

        public RootCommand CreateCommand()
        {
            var root = new RootCommand("An intercepting proxy for HTTP and HTTPS with a dashboard in the browser.")
            {
                _listenHost,
                _listenPort,
                _webHost,
                _webPort,
                _confDir,
                _session,
                _sslInsecure,
                _caKeyType,
                _caFile,
                _connectTimeout,
                _firstByteTimeout,
                _bodyIdleTimeout,
                _clientIdleTimeout,
                _clientHeadTimeout,
                _bodySizeLimit,
                _noValidate,
                _clientProtocols,
                _upstreamProtocols,
                _noHttp2,
                _upstreamPerClient,
                _upstreamIdleTimeout,
                _upstreamMaxIdle,
                _upstreamMaxPerServer,
                _ignoreHosts,
                _allowHosts,
                _hideIgnoredHosts,
                _passThroughAfter,
                _sslStrip,
                _webPassword,
                _quiet,
                _verbose,
            };
            _tls.AddTo(root);
            root.Directives.Clear();
            foreach (var option in root.Options)
            {
                switch (option)
                {
                    case HelpOption help:
                        help.Action = new HelpTextAction((HelpAction)help.Action!);
                        help.Aliases.Clear();
                        help.Aliases.Add("-h");
                        help.Description = "Show this help";
                        break;
                    case VersionOption version:
                        version.Action = new VersionAction();
                        version.Description = "Show the version";
                        break;
                }
            }

            // Without an action of its own the library would only know how to print help.
            root.SetAction(_ => 0);
            return root;
        }

        public CommandLineResult Read(ParseResult parsed)
        {
            var quiet = parsed.GetValue(_quiet);
            var verbose = parsed.GetValue(_verbose);
            if (quiet && verbose)
            {
                return new CommandLineResult.Wrong("-q and -v exclude each other");
            }

            var confDir = parsed.GetValue(_confDir);
            var session = parsed.GetValue(_session);
            var password = parsed.GetValue(_webPassword);
            var caFile = parsed.GetValue(_caFile);
            foreach (var (name, value) in new[] { ("--confdir", confDir), ("--session", session), ("--web-password", password), ("--ca-file", caFile) })
            {
                if (value is not null && string.IsNullOrWhiteSpace(value))
                {
                    return new CommandLineResult.Wrong($"{name} needs a value that is not empty");
                }
            }

            if (password is not null && password.Any(char.IsControl))
            {
                return new CommandLineResult.Wrong("--web-password must not hold control characters");
            }

            if (_tls.Read(parsed, out var tls, out var keyLog) is { } problem)
            {
                return new CommandLineResult.Wrong(problem);
            }

            var noHttp2 = parsed.GetValue(_noHttp2);
            var clientProtocols = parsed.GetValue(_clientProtocols);
            var upstreamProtocols = parsed.GetValue(_upstreamProtocols);
            foreach (var (name, value) in new[] { ("--client-protocols", clientProtocols), ("--upstream-protocols", upstreamProtocols) })
            {
                if (noHttp2 && value is (HttpVersions.Http2 or HttpVersions.Both))
                {
                    return new CommandLineResult.Wrong($"--no-http2 and {name} {(value == HttpVersions.Http2 ? "http2" : "both")} contradict each other");
                }
            }

            confDir = UserPath.Expand(confDir!);
            var options = new MitmWebOptions
            {
                ListenHost = OneOrAll(parsed.GetValue(_listenHost) ?? AllInterfaces),
                ListenPort = parsed.GetValue(_listenPort),
                WebHost = OneOrAll(parsed.GetValue(_webHost) ?? IPAddress.Loopback),
                WebPort = parsed.GetValue(_webPort),
                ConfDir = confDir,
                Session = session is null ? Path.Combine(confDir, MitmWebOptions.SessionFileName) : UserPath.Expand(session),
                SslInsecure = parsed.GetValue(_sslInsecure),
                WebPassword = password,
                CaKeyType = parsed.GetValue(_caKeyType),
                CaFile = caFile is null ? null : UserPath.Expand(caFile),
                Tls = tls,
                TlsKeyLog = keyLog,
                ConnectTimeout = parsed.GetValue(_connectTimeout) ?? TimeSpan.FromSeconds(30),
                FirstByteTimeout = parsed.GetValue(_firstByteTimeout),
                BodyIdleTimeout = parsed.GetValue(_bodyIdleTimeout),
                ClientIdleTimeout = parsed.GetValue(_clientIdleTimeout) ?? TimeSpan.FromMinutes(10),
                ClientHeadTimeout = parsed.GetValue(_clientHeadTimeout) ?? TimeSpan.FromSeconds(60),
                UpstreamIdleTimeout = parsed.GetValue(_upstreamIdleTimeout) ?? TimeSpan.FromSeconds(60),
                UpstreamMaxIdle = parsed.GetValue(_upstreamMaxIdle) ?? 1024,
                UpstreamMaxPerServer = parsed.GetValue(_upstreamMaxPerServer),
                BodySizeLimit = parsed.GetValue(_bodySizeLimit),
                UpstreamPerClient = parsed.GetValue(_upstreamPerClient),
                ValidateInboundHeaders = !parsed.GetValue(_noValidate),
                IgnoreHosts = parsed.GetValue(_ignoreHosts) ?? [],
                AllowHosts = parsed.GetValue(_allowHosts) ?? [],
                ShowIgnoredHosts = !parsed.GetValue(_hideIgnoredHosts),
                PassThroughAfter = parsed.GetValue(_passThroughAfter),
                ClientProtocols = clientProtocols ?? (noHttp2 ? HttpVersions.Http1 : HttpVersions.Both),
                UpstreamProtocols = upstreamProtocols ?? (noHttp2 ? HttpVersions.Http1 : HttpVersions.Both),
                SslStrip = parsed.GetValue(_sslStrip) ?? [],
                Verbosity = quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal,
            };

            return options.ListenPort != 0 && options.ListenPort == options.WebPort
                ? new CommandLineResult.Wrong(
                    $"the proxy and the dashboard cannot both have port {options.WebPort}: change --listen-port or --web-port")
                : new CommandLineResult.Start(options);
        }

        /// <summary>The library wants a value for each option that is given, so "all interfaces" travels as the IPv6 wildcard until here.</summary>
        private static IPAddress? OneOrAll(IPAddress address) => address.Equals(AllInterfaces) ? null : address;

        private static int ParsePort(ArgumentResult result)
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
            {
                return port;
            }

            result.AddError($"{OptionName(result)} takes a port from 0 to {IPEndPoint.MaxPort}, not '{text}'");
            return 0;
        }

        private static IPAddress? ParseHost(ArgumentResult result)
        {
            var text = result.Tokens[0].Value;
            switch (text)
            {
                case "*":
                    return AllInterfaces;
                case "localhost":
                    return IPAddress.Loopback;
            }

            // IPAddress takes "8080" for 0.0.31.144; what people mean by that is a port in the wrong place.
            if (IPAddress.TryParse(text, out var address) && (address.ToString().Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3))
            {
                return address;
            }

            result.AddError($"{OptionName(result)} takes an IP address of this machine, localhost or *, not '{text}'");
            return null;
        }

        internal static KeyKind ParseKeyType(ArgumentResult result)
        {
            switch (result.Tokens[0].Value)
            {
                case "ecdsa":
                    return KeyKind.Ecdsa;
                case "rsa":
                    return KeyKind.Rsa;
                default:
                    result.AddError($"{OptionName(result)} takes ecdsa or rsa, not '{result.Tokens[0].Value}'");
                    return default;
            }
        }

        private static HttpVersions? ParseProtocols(ArgumentResult result)
        {
            switch (result.Tokens[0].Value)
            {
                case "http1":
                    return HttpVersions.Http1;
                case "http2":
                    return HttpVersions.Http2;
                case "both":
                    return HttpVersions.Both;
                default:
                    result.AddError($"{OptionName(result)} takes http1, http2 or both, not '{result.Tokens[0].Value}'");
                    return null;
            }
        }

        private static TimeSpan? ParseSeconds(ArgumentResult result)
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError($"{OptionName(result)} takes a number of seconds above 0 and up to 86400, not '{text}'");
            return null;
        }

        private static int? ParseCount(ArgumentResult result, int least)
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= 1_000_000)
            {
                return count;
            }

            result.AddError($"{OptionName(result)} takes a number from {least} to 1000000, not '{text}'");
            return null;
        }

        private static string[] ParsePatterns(ArgumentResult result)
        {
            var patterns = result.Tokens.Select(token => token.Value).ToArray();
            foreach (var pattern in patterns)
            {
                if (PassThroughList.CheckPattern(pattern) is { } problem)
                {
                    result.AddError($"{OptionName(result)} takes a regular expression, not '{pattern}': {problem}");
                }
            }

            return patterns;
        }

        private static long? ParseSize(ArgumentResult result)
        {
            var text = result.Tokens[0].Value;
            var factor = char.ToLowerInvariant(text.LastOrDefault()) switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1L };
            var digits = factor == 1 ? text : text[..^1];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / factor)
            {
                return count * factor;
            }

            result.AddError($"{OptionName(result)} takes a size such as 500k, 10m, 2g or a number of bytes, not '{text}'");
            return null;
        }

        private static SslStripTarget[] ParseTargets(ArgumentResult result)
        {
            var targets = new List<SslStripTarget>();
            foreach (var token in result.Tokens)
            {
                if (SslStripTarget.Parse(token.Value) is { } target)
                {
                    targets.Add(target);
                }
                else
                {
                    result.AddError($"--ssl-strip takes a host such as example.com, *.example.com or example.com:8443 (the port of https), not '{token.Value}'");
                }
            }

            return [.. targets];
        }

        private static string OptionName(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
    }

    /// <summary><c>mitmweb ca rotate</c>.</summary>
    private sealed class RotateCommand
    {
        private readonly Option<string> _confDir = new("--confdir")
        {
            Description = "Folder of the CA",
            HelpName = "folder",
            DefaultValueFactory = _ => "~/.mitmweb",
        };

        private readonly Option<KeyKind> _keyType = new("--ca-key-type")
        {
            Description = "Key of the new CA: ecdsa (P-256) or rsa (2048 bits, for old clients) (default: ecdsa)",
            HelpName = "ecdsa|rsa",
            CustomParser = OptionSet.ParseKeyType,
        };

        public RotateCommand()
        {
            Command = new Command("rotate", "Make a new CA and keep the old one aside") { _confDir, _keyType };
            Command.SetAction(_ => 0);
            Parent = new Command("ca", "The certificate authority that clients trust") { Command };
            Parent.SetAction(_ => 0);
        }

        public Command Command { get; }

        public Command Parent { get; }

        public CommandLineResult Read(ParseResult parsed) => string.IsNullOrWhiteSpace(parsed.GetValue(_confDir))
            ? new CommandLineResult.Wrong("--confdir needs a value that is not empty")
            : new CommandLineResult.RotateAuthority(UserPath.Expand(parsed.GetValue(_confDir)!), parsed.GetValue(_keyType));
    }

    /// <summary>The library's help, and the examples after it.</summary>
    private sealed class HelpTextAction(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is not RootCommand)
            {
                return result;
            }

            parseResult.InvocationConfiguration.Output.WriteLine("""
                Examples:
                  mitmweb                               proxy on port 8080, dashboard on http://127.0.0.1:8081/
                  mitmweb -p 9090 --web-port 9091       other ports, when these are taken
                  mitmweb --listen-host 127.0.0.1       a proxy for this machine only
                  mitmweb --session ~/bug-42.mitmweb    keep the traffic in a file of its own
                  mitmweb -k -v                         take any server's certificate, print each exchange
                  mitmweb --ssl-verify-host dev.local=skip --client-certs ~/me.pem
                  mitmweb ca rotate                     a new CA; the old one is kept aside
                  mitmweb audit ~/bug-42.mitmweb        judge the hosts in a session: TLS, HSTS, cookies, mixed content

                Then:
                  curl -x http://127.0.0.1:8080 --cacert ~/.mitmweb/mitmweb-ca-cert.pem https://example.com/
                  or set the proxy in a device and open http://mitm.it/ there for its certificate.
                """);
            return result;
        }
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"mitmweb {ProductVersion.Text}");
            return 0;
        }
    }
}
