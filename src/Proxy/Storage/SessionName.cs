using System.Globalization;

namespace MitmWeb.Proxy.Storage;

/// <summary>The names that people give to sessions: each is the name of a file, on every system.</summary>
public static class SessionName
{
    /// <summary>The ending of session files.</summary>
    public const string Extension = ".mitmweb";

    private const int MaxLength = 100;
    private const string Forbidden = "<>:\"/\\|?*";

    private static readonly string[] Devices =
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(number => new[] { $"com{number}", $"lpt{number}" })];

    /// <summary>What is wrong with a name, in a sentence; null when it can be used.</summary>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "A session needs a name.";
        }

        if (name.Length > MaxLength)
        {
            return $"The name is too long: it may have {MaxLength} characters.";
        }

        if (name.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter) || Forbidden.Contains(letter, StringComparison.Ordinal)))
        {
            return $"“{name}” cannot be the name of a file everywhere: leave out {string.Join(' ', Forbidden.ToCharArray())}.";
        }

        if (name.StartsWith('.') || name.EndsWith('.') || name != name.Trim() || name.StartsWith('-'))
        {
            return $"“{name}” cannot be the name of a session: it must not begin or end with a dot or a space, nor begin with a hyphen.";
        }

        return Devices.Contains(name.Split('.')[0], StringComparer.OrdinalIgnoreCase)
            ? $"“{name}” is the name of a device on Windows; choose another one."
            : null;
    }

    /// <summary>A name for a session that begins now, which sorts by time.</summary>
    public static string ForNow(DateTimeOffset now) => now.ToString("yyyy-MM-dd HH.mm.ss", CultureInfo.InvariantCulture);
}
