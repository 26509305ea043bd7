using Microsoft.Extensions.Logging.Abstractions;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Hosting;

/// <summary>Writes what the program logs to standard error: a line each, and with <c>-v</c> the exception below it.</summary>
internal sealed class StandardErrorLogger(Verbosity verbosity, TextWriter output) : ILoggerProvider
{
    /// <summary>Says that a start failed; the command says it better, once.</summary>
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    public ILogger CreateLogger(string categoryName) => categoryName == HostCategory
        ? NullLogger.Instance
        : new Logger(this, categoryName.StartsWith("MitmWeb", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private bool IsWanted(LogLevel level, bool ours) => verbosity switch
    {
        Verbosity.Quiet => level >= LogLevel.Error && ours,
        Verbosity.Verbose => level >= (ours ? LogLevel.Information : LogLevel.Warning),
        _ => level >= (ours ? LogLevel.Warning : LogLevel.Error),
    };

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var kind = level switch
        {
            LogLevel.Critical or LogLevel.Error => "error: ",
            LogLevel.Warning => "warning: ",
            _ => "",
        };
        var reason = exception is null || verbosity == Verbosity.Verbose ? "" : $" ({exception.Message})";
        var line = $"mitmweb: {kind}{message}{reason}".ReplaceLineEndings(" ");
        lock (output)
        {
            output.WriteLine(line);
            if (exception is not null && verbosity == Verbosity.Verbose)
            {
                output.WriteLine(exception);
            }
        }
    }

    private sealed class Logger(StandardErrorLogger owner, bool ours) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && owner.IsWanted(logLevel, ours);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}
