using System.Globalization;

namespace MitmWeb.Web.Cli;

/// <summary>Finds out which process listens on a port, where the system tells (Linux, and there only what this user may see).</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";

    /// <summary>The process that listens on a TCP port as <c>nginx (process 4711)</c>, or null when it cannot be told.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var sockets = ReadListeners("/proc/net/tcp", port).Concat(ReadListeners("/proc/net/tcp6", port)).ToHashSet();
            return sockets.Count == 0 ? null : FindOwner(sockets);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The inodes of sockets that listen on the port, from the lines of <c>/proc/net/tcp</c> (proc(5)).</summary>
    internal static IEnumerable<string> ReadListeners(IEnumerable<string> lines, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == ListenState && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            {
                yield return $"socket:[{fields[9]}]";
            }
        }
    }

    private static IEnumerable<string> ReadListeners(string file, int port) =>
        File.Exists(file) ? ReadListeners(File.ReadLines(file), port) : [];

    private static string? FindOwner(HashSet<string> sockets)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Join(process, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target)))
                {
                    return $"{File.ReadAllText(Path.Join(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }

        return null;
    }
}
