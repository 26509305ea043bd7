using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using MitmWeb.Proxy.PassThrough;

namespace MitmWeb.Web.Hosting;

/// <summary>Keeps the hosts that people let through beyond the end of MitmWeb, in <c>pass-through.json</c> of the confdir.</summary>
internal sealed partial class PassThroughFile
{
    private readonly string _path;
    private readonly PassThroughList _list;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    private PassThroughFile(string path, PassThroughList list, ILogger logger) => (_path, _list, _logger) = (path, list, logger);

    /// <summary>Puts the hosts of the file into the list, and each change of the list into the file.</summary>
    public static void Attach(string confDir, PassThroughList list, ILogger logger)
    {
        var file = new PassThroughFile(Path.Combine(confDir, "pass-through.json"), list, logger);
        file.Load();
        list.Changed += file.Save;
    }

    private void Load()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return;
            }

            using var stream = File.OpenRead(_path);
            var hosts = JsonSerializer.Deserialize(stream, Json.Default.HostArray) ?? [];
            _list.Restore(hosts
                .Where(one => !string.IsNullOrEmpty(one.Name))
                .Select(one => new PassThroughEntry(one.Name!, one.Client is { } client ? IPAddress.Parse(client) : null, one.AddedAt, one.Rejections)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            Log.Unreadable(_logger, _path, exception.Message);
        }
    }

    private void Save()
    {
        lock (_lock)
        {
            try
            {
                var hosts = _list.Entries.Select(entry => new Host(entry.Host, entry.Client?.ToString(), entry.AddedAt, entry.Rejections)).ToArray();
                File.WriteAllBytes(_path + "-new", JsonSerializer.SerializeToUtf8Bytes(hosts, Json.Default.HostArray));
                File.Move(_path + "-new", _path, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.Unwritable(_logger, _path, exception.Message);
            }
        }
    }

    internal sealed record Host(string? Name, string? Client, DateTimeOffset AddedAt, int Rejections);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
    [JsonSerializable(typeof(Host[]))]
    private sealed partial class Json : JsonSerializerContext;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The hosts to pass through could not be read from {Path} ({Reason}); until one is added or removed the file stays as it is.")]
        public static partial void Unreadable(ILogger logger, string path, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The hosts to pass through could not be written to {Path} ({Reason}); they hold until MitmWeb ends.")]
        public static partial void Unwritable(ILogger logger, string path, string reason);
    }
}
