using System.CommandLine;
using MitmWeb.Proxy.Sql;

namespace MitmWeb.Web.Cli;

/// <summary><c>mitmweb sql FILE "SELECT …"</c>.</summary>
internal sealed class SqlCommandLine
{
    private readonly Argument<string> _file = new("file")
    {
        Description = "The session file; it may be in use",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string> _statement = new("statement")
    {
        Description = "The statement, in quotes; - or nothing reads it from standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<SqlFormat> _format = new("--format")
    {
        Description = "How the rows are written: table, csv, json (an array) or jsonl (an object on each line) (default: table)",
        HelpName = "table|csv|json|jsonl",
        CustomParser = result => result.Tokens[0].Value switch
        {
            "table" => SqlFormat.Table,
            "csv" => SqlFormat.Csv,
            "json" => SqlFormat.Json,
            "jsonl" => SqlFormat.JsonLines,
            var other => Fail<SqlFormat>(result, $"--format is table, csv, json or jsonl, not '{other}'"),
        },
    };

    private readonly Option<SqlBlobText> _blobs = new("--blobs")
    {
        Description = "How BLOBs are written: hex or base64 (default: hex)",
        HelpName = "hex|base64",
        CustomParser = result => result.Tokens[0].Value switch
        {
            "hex" => SqlBlobText.Hex,
            "base64" => SqlBlobText.Base64,
            var other => Fail<SqlBlobText>(result, $"--blobs is hex or base64, not '{other}'"),
        },
    };

    private readonly Option<bool> _guard = new("--guard-formulas")
    {
        Description = "Put an apostrophe before texts in CSV that a spreadsheet would take for a formula",
    };

    private readonly Option<long?> _limit = new("--limit")
    {
        Description = "The most rows (default: all)",
        HelpName = "rows",
        CustomParser = result => long.TryParse(result.Tokens[0].Value, out var rows) && rows > 0
            ? rows
            : Fail<long?>(result, $"--limit is a whole number from 1, not '{result.Tokens[0].Value}'"),
    };

    private readonly Option<double?> _timeout = new("--timeout")
    {
        Description = "How long the statement may run (default: until Ctrl+C)",
        HelpName = "seconds",
        CustomParser = result => double.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
            ? seconds
            : Fail<double?>(result, $"--timeout is a number of seconds, not '{result.Tokens[0].Value}'"),
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "File for the rows (default: standard output)",
        HelpName = "file",
    };

    public SqlCommandLine()
    {
        Command = new Command("sql", "Ask a session file in SQL: the views flows, headers, messages, connections and certificates")
        {
            _file,
            _statement,
            _format,
            _limit,
            _timeout,
            _output,
            _blobs,
            _guard,
        };
        Command.SetAction(_ => 0);
    }

    public Command Command { get; }

    public CommandLineResult Read(ParseResult parsed)
    {
        var (file, statement, output) = (parsed.GetValue(_file), parsed.GetValue(_statement), parsed.GetValue(_output));
        if (string.IsNullOrWhiteSpace(file))
        {
            return new CommandLineResult.Wrong("sql needs a session file and a statement: mitmweb sql FILE \"SELECT * FROM flows LIMIT 10\"");
        }

        var seconds = parsed.GetValue(_timeout);
        return new CommandLineResult.Sql(new SqlOptions(
            UserPath.Expand(file),
            statement is null or "-" ? null : statement,
            parsed.GetValue(_format),
            parsed.GetValue(_blobs),
            parsed.GetValue(_guard),
            new SqlLimits { Rows = parsed.GetValue(_limit), Time = seconds is { } most ? TimeSpan.FromSeconds(most) : null },
            string.IsNullOrWhiteSpace(output) ? null : UserPath.Expand(output)));
    }

    private static T? Fail<T>(System.CommandLine.Parsing.ArgumentResult result, string problem)
    {
        result.AddError(problem);
        return default;
    }
}
