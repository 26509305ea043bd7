namespace MitmWeb.Proxy.Storage;

/// <summary>Which session a store holds.</summary>
/// <param name="Id">A random name that the session keeps for ever.</param>
/// <param name="Path">The file's full path.</param>
/// <param name="CreatedAt">When the session was created.</param>
public sealed record SessionInfo(string Id, string Path, DateTimeOffset CreatedAt)
{
    /// <summary>The file's name without folder and ending.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}
