namespace MitmWeb.Proxy.Tls;

/// <summary>
/// The file with the secrets of TLS connections, both towards clients and towards servers, as Wireshark reads it (NSS key log format,
/// draft-ietf-tls-keylogfile). Who has it can read traffic that was recorded on the network.
/// </summary>
public static class KeyLog
{
    private const string Variable = "SSLKEYLOGFILE";

    /// <summary>Begins to write the file. Must be called before the first TLS connection of the process.</summary>
    /// <param name="file">The file, which is appended to; null where the environment names one (<c>MITMPROXY_SSLKEYLOGFILE</c>, then <c>SSLKEYLOGFILE</c>).</param>
    /// <returns>The file that is written; null when none is asked for.</returns>
    /// <exception cref="TlsOptionsException">It cannot be written.</exception>
    public static string? Enable(string? file)
    {
        file ??= Environment.GetEnvironmentVariable("MITMPROXY_SSLKEYLOGFILE") ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new TlsOptionsException("The key log (--tls-keylog, SSLKEYLOGFILE) can be written on Linux only: elsewhere the system keeps the secrets to itself.");
        }

        file = Path.GetFullPath(file);
        try
        {
            // .NET would pass over a file that it cannot write. The secrets belong to their owner alone.
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(file, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsOptionsException($"The key log {file} cannot be written ({exception.Message.TrimEnd('.')}): choose another file (--tls-keylog, SSLKEYLOGFILE).", exception);
        }

        AppContext.SetSwitch("System.Net.EnableSslKeyLogging", true);
        Environment.SetEnvironmentVariable(Variable, file);
        return file;
    }
}
