using System.CommandLine;
using System.CommandLine.Parsing;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Web.Cli;

/// <summary><c>mitmweb audit FILE [--json] [--host HOST]…</c>.</summary>
internal sealed class AuditCommandLine
{
    private readonly Argument<string> _file = new("file")
    {
        Description = "The session file; it may be in use",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the report as JSON, as GET /api/audit gives it",
    };

    private readonly Option<HostPattern[]> _hosts = new("--host")
    {
        Description = "Only this host; *.example.com for all names under example.com; may be given more than once",
        HelpName = "host",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = ParseHosts,
    };

    public AuditCommandLine()
    {
        Command = new Command("audit", "Judge the hosts in a session file: TLS, certificates, HSTS, mixed content, cookies") { _file, _json, _hosts };
        Command.SetAction(_ => 0);
    }

    public Command Command { get; }

    public CommandLineResult Read(ParseResult parsed)
    {
        var file = parsed.GetValue(_file);
        return string.IsNullOrWhiteSpace(file)
            ? new CommandLineResult.Wrong("audit needs a session file: mitmweb audit FILE")
            : new CommandLineResult.Audit(new AuditOptions(UserPath.Expand(file), parsed.GetValue(_json), parsed.GetValue(_hosts) ?? []));
    }

    private static HostPattern[] ParseHosts(ArgumentResult result)
    {
        var patterns = new List<HostPattern>();
        foreach (var token in result.Tokens)
        {
            if (HostPattern.Parse(token.Value) is { } pattern)
            {
                patterns.Add(pattern);
            }
            else
            {
                result.AddError($"--host takes a name such as example.com or *.example.com, or an address, not '{token.Value}'");
            }
        }

        return [.. patterns];
    }
}
