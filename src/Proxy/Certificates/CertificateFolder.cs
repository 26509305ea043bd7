using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// The configuration folder's files. Each is written whole under another name and then renamed, so that nobody ever sees half a file;
/// those with a key belong to their owner alone from the first byte on.
/// </summary>
internal sealed partial class CertificateFolder(string path)
{
    private const string AsideFormat = "yyyyMMdd-HHmmss";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public string PathOf(string name) => Path.Combine(path, name);

    public bool Exists(string name) => Path.Exists(PathOf(name));

    /// <summary>Writes a file with a key unless there is one; false when there was.</summary>
    public bool TryCreateSecret(string name, string text)
    {
        try
        {
            CreateFolder();
            return WriteNew(name, Encoding.ASCII.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(PathOf(name), e);
        }
    }

    /// <summary>Makes the folder, for its owner alone, when it is missing.</summary>
    public void Create()
    {
        try
        {
            CreateFolder();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, e);
        }
    }

    /// <summary>Renames files so that others can take their places; those that are missing are passed over.</summary>
    /// <returns>The full paths of the renamed files.</returns>
    public IReadOnlyList<string> KeepAside(IEnumerable<string> names, DateTimeOffset now)
    {
        var kept = new List<string>();
        foreach (var name in names.Where(name => File.Exists(PathOf(name))))
        {
            var stem = $"{Path.GetFileNameWithoutExtension(name)}-{now.ToString(AsideFormat, CultureInfo.InvariantCulture)}";
            var aside = PathOf(stem + Path.GetExtension(name));
            for (var i = 2; File.Exists(aside); i++)
            {
                aside = PathOf($"{stem}-{i}{Path.GetExtension(name)}");
            }

            try
            {
                File.Move(PathOf(name), aside, overwrite: false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(aside, e);
            }

            kept.Add(aside);
        }

        return kept;
    }

    /// <summary>Writes a file with a key unless there is one; what goes wrong becomes a warning.</summary>
    public void TryCreateSecret(string name, byte[] content, List<string> warnings)
    {
        try
        {
            WriteNew(name, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warnings.Add($"{PathOf(name)} could not be written ({Reason(e)}).");
        }
    }

    /// <summary>When a file of that name was last kept aside, or null.</summary>
    public DateTimeOffset? LastKeptAside(string name)
    {
        var prefix = Path.GetFileNameWithoutExtension(name) + "-";
        DateTimeOffset? last = null;
        foreach (var file in Directory.EnumerateFiles(path, prefix + "*" + Path.GetExtension(name)))
        {
            var text = Path.GetFileName(file).AsSpan(prefix.Length);
            if (text.Length > AsideFormat.Length
                && DateTimeOffset.TryParseExact(text[..AsideFormat.Length], AsideFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                && !(at <= last))
            {
                last = at;
            }
        }

        return last;
    }

    public string ReadText(string name)
    {
        try
        {
            return File.ReadAllText(PathOf(name), Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {PathOf(name)} cannot be read ({Reason(e)}): give its owner the right to read it or choose another folder for the configuration.", e);
        }
    }

    /// <summary>Makes a public file what it should be. A folder that cannot be written (a mounted secret, say) is no reason to stop.</summary>
    public void Refresh(string name, byte[] content, List<string> warnings)
    {
        var file = PathOf(name);
        try
        {
            if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content))
            {
                return;
            }

            var temporary = WriteTemporary(name, content, Public);
            try
            {
                File.Move(temporary, file, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warnings.Add($"{file} could not be written ({Reason(e)}): download the certificate from the set-up page instead.");
        }
    }

    public bool SecretIsShared(string name) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(PathOf(name)) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0;

    private static CertificateAuthorityException NotWritable(string file, Exception e) =>
        new($"The certificate authority cannot be written to {file} ({Reason(e)}): make the folder writable or choose another one for the configuration.", e);

    private static string Reason(Exception e) => e.Message.TrimEnd('.');

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private bool WriteNew(string name, byte[] content)
    {
        var temporary = WriteTemporary(name, content, OwnerOnly);
        try
        {
            // File.Move looks whether the name is free and then renames; link(2) does both in one step, so that of two that start at once
            // one wins. Some file systems have no links (FAT, some network mounts): there the small gap remains.
            if (OperatingSystem.IsWindows() || Link(temporary, PathOf(name)) != 0)
            {
                File.Move(temporary, PathOf(name), overwrite: false);
            }

            return true;
        }
        catch (IOException) when (Exists(name))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private string WriteTemporary(string name, byte[] content, UnixFileMode mode)
    {
        var temporary = PathOf($".{name}.{Guid.NewGuid():n}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            using var stream = new FileStream(temporary, options);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);
}
