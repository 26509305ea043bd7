namespace MitmWeb.Web.Hosting;

/// <summary>Where the dashboard's files are.</summary>
/// <param name="Path">The folder of <c>index.html</c>, or null when it has not been built.</param>
internal sealed record SpaFolder(string? Path)
{
    /// <summary>Looks beside the program (<c>wwwroot</c>, as it is published), then in the checkout that the program was built in.</summary>
    public static SpaFolder Find(string programFolder)
    {
        if (Holds(System.IO.Path.Join(programFolder, "wwwroot")) is { } published)
        {
            return new SpaFolder(published);
        }

        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Join(folder.FullName, "MitmWeb.sln")))
            {
                return new SpaFolder(Holds(System.IO.Path.Join(folder.FullName, "src", "web-client", "dist")));
            }
        }

        return new SpaFolder((string?)null);
    }

    private static string? Holds(string folder) =>
        File.Exists(System.IO.Path.Join(folder, "index.html")) ? System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)) : null;
}
