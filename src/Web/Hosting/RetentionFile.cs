using System.Text.Json;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Hosting;

/// <summary>Keeps the limits that were set in the dashboard beyond the end of MitmWeb, in <c>retention.json</c> of the confdir.</summary>
internal sealed partial class RetentionFile
{
    private readonly string _path;
    private readonly LiveStore _live;
    private readonly ILogger _logger;

    private RetentionFile(string path, LiveStore live, ILogger logger) => (_path, _live, _logger) = (path, live, logger);

    /// <summary>Sets the limits of the command line, or where that says nothing those of the file, and puts each later change into the file.</summary>
    public static void Attach(string confDir, RetentionPolicy asked, LiveStore live, ILogger logger)
    {
        var file = new RetentionFile(Path.Combine(confDir, "retention.json"), live, logger);
        live.Retention = asked.IsEmpty ? file.Load() : asked;
        live.RetentionChanged += file.Save;
    }

    private RetentionPolicy Load()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize<RetentionPolicy>(File.ReadAllBytes(_path)) ?? RetentionPolicy.None : RetentionPolicy.None;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.Unreadable(_logger, _path, exception.Message);
            return RetentionPolicy.None;
        }
    }

    private void Save()
    {
        try
        {
            File.WriteAllBytes(_path + "-new", JsonSerializer.SerializeToUtf8Bytes(_live.Retention));
            File.Move(_path + "-new", _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.Unwritable(_logger, _path, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "How much to keep could not be read from {Path} ({Reason}); everything is kept.")]
        public static partial void Unreadable(ILogger logger, string path, string reason);

        [LoggerMessage(2, LogLevel.Warning, "How much to keep could not be written to {Path} ({Reason}); it holds until MitmWeb ends.")]
        public static partial void Unwritable(ILogger logger, string path, string reason);
    }
}
