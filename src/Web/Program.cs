using MitmWeb.Web.Cli;

switch (CommandLine.Parse(args, Console.Out))
{
    case CommandLineResult.Start(var options):
        Console.WriteLine(options);
        return 0;
    case CommandLineResult.Wrong(var message):
        Console.Error.WriteLine($"mitmweb: {message} (mitmweb --help shows all options)");
        return ExitCode.Usage;
    default:
        return ExitCode.Success;
}
