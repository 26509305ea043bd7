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
using MitmWeb.Proxy.Storage;

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
        var sql = new SqlCommandLine();
        var rotation = new RotateCommand();
        var root = options.CreateCommand();
        root.Add(audit.Command);
        root.Add(sql.Command);
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
            : parsed.CommandResult.Command == sql.Command ? sql.Read(parsed)
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
        private readonly Option<IPAddress?> _listenHost = new("--listen-host")
        {
            Description = "Address that the proxy listens on (default: all interfaces)",
            HelpName = "address",
            CustomParser = OptionParsers.Host,
        };

        private readonly Option<int> _listenPort = new("--listen-port", "-p")
        {
            Description = "Port that the proxy listens on; 0 takes any free one",
            HelpName = "port",
            DefaultValueFactory = _ => MitmWebOptions.DefaultListenPort,
            CustomParser = OptionParsers.Port,
        };

        private readonly Option<IPAddress?> _webHost = new("--web-host")
        {
            Description = "Address that the dashboard listens on; * for all interfaces (default: 127.0.0.1)",
            HelpName = "address",
            CustomParser = OptionParsers.Host,
        };

        private readonly Option<int> _webPort = new("--web-port")
        {
            Description = "Port that the dashboard listens on; 0 takes any free one",
            HelpName = "port",
            DefaultValueFactory = _ => MitmWebOptions.DefaultWebPort,
            CustomParser = OptionParsers.Port,
        };

        private readonly Option<string> _confDir = new("--confdir")
        {
            Description = "Folder of the CA and of the default session",
            HelpName = "folder",
            DefaultValueFactory = _ => "~/.mitmweb",
        };

        private readonly Option<string?> _session = new("--session")
        {
            Description = "File that the traffic is kept in (default: session.mitmweb in the confdir)",
            HelpName = "file",
        };

        private readonly Option<bool> _noRecord = new("--no-record")
        {
            Description = "Let traffic pass without recording it, until recording is switched on in the dashboard",
        };

        private readonly Option<OnOff> _bodyIndex = new("--body-index")
        {
            Description = "Keep an index beside the session by which bodies are searched: on or off (default: on)",
            HelpName = "on|off",
            DefaultValueFactory = _ => OnOff.On,
            CustomParser = OptionParsers.OnOrOff,
        };

        private readonly Option<TimeSpan?> _retainAge = new("--retain-age")
        {
            Description = "Remove flows that are older: 12h, 30d (default: what was set in the dashboard, else nothing is removed)",
            HelpName = "age",
            CustomParser = OptionParsers.Age,
        };

        private readonly Option<long?> _retainFlows = new("--retain-flows")
        {
            Description = "Remove the oldest flows beyond so many",
            HelpName = "number",
            CustomParser = OptionParsers.FlowCount,
        };

        private readonly Option<long?> _retainSize = new("--retain-size")
        {
            Description = "Remove the oldest flows when the session holds more: 500m, 20g",
            HelpName = "size",
            CustomParser = OptionParsers.SessionSize,
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
            CustomParser = OptionParsers.KeyType,
        };

        private readonly Option<string?> _caFile = new("--ca-file")
        {
            Description = "PEM file with the key and the certificate of a CA of your own, instead of the confdir's",
            HelpName = "file",
        };

        private readonly EngineOptionSet _engine = new();

        private readonly TlsOptionSet _tls = new();

        private readonly Option<bool> _caseSensitiveFilters = new("--case-sensitive-filters")
        {
            Description = "Let the ~ operators of filters look at case (default: ~d Example also finds example)",
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
                _noRecord,
                _bodyIndex,
                _retainAge,
                _retainFlows,
                _retainSize,
                _caKeyType,
                _caFile,
                _webPassword,
                _caseSensitiveFilters,
                _quiet,
                _verbose,
            };
            _engine.AddTo(root);
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

            if (_engine.Read(parsed, out var engine) is { } contradiction)
            {
                return new CommandLineResult.Wrong(contradiction);
            }

            confDir = UserPath.Expand(confDir!);
            var options = new MitmWebOptions
            {
                ListenHost = OneOrAll(parsed.GetValue(_listenHost) ?? OptionParsers.AllInterfaces),
                ListenPort = parsed.GetValue(_listenPort),
                WebHost = OneOrAll(parsed.GetValue(_webHost) ?? IPAddress.Loopback),
                WebPort = parsed.GetValue(_webPort),
                ConfDir = confDir,
                Session = session is null ? Path.Combine(confDir, MitmWebOptions.SessionFileName) : UserPath.Expand(session),
                Record = !parsed.GetValue(_noRecord),
                BodyIndex = parsed.GetValue(_bodyIndex) == OnOff.On,
                Retention = new RetentionPolicy(parsed.GetValue(_retainAge), parsed.GetValue(_retainFlows), parsed.GetValue(_retainSize)),
                WebPassword = password,
                CaKeyType = parsed.GetValue(_caKeyType),
                CaFile = caFile is null ? null : UserPath.Expand(caFile),
                Engine = engine with { Tls = tls },
                TlsKeyLog = keyLog,
                CaseSensitiveFilters = parsed.GetValue(_caseSensitiveFilters),
                Verbosity = quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal,
            };

            return options.ListenPort != 0 && options.ListenPort == options.WebPort
                ? new CommandLineResult.Wrong(
                    $"the proxy and the dashboard cannot both have port {options.WebPort}: change --listen-port or --web-port")
                : new CommandLineResult.Start(options);
        }

        /// <summary>The library wants a value for each option that is given, so "all interfaces" travels as the IPv6 wildcard until here.</summary>
        private static IPAddress? OneOrAll(IPAddress address) => address.Equals(OptionParsers.AllInterfaces) ? null : address;
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
            CustomParser = OptionParsers.KeyType,
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
                  mitmweb sql ~/bug-42.mitmweb "SELECT host, count(*) FROM flows GROUP BY host"

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
