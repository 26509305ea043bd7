namespace MitmWeb.Proxy.Storage;

/// <summary>When two paths are of one file.</summary>
internal static class SessionPath
{
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Whether two paths, one of which a store has given, are of one file.</summary>
    public static bool Same(string one, string other) => string.Equals(Real(one), Real(other), Comparison);

    /// <summary>The full path of the file itself, where the path is that of a link to it.</summary>
    public static string Real(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            // There is no such file, or no way to it.
            return path;
        }
    }
}
