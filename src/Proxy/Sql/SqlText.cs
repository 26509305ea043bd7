using System.Globalization;

namespace MitmWeb.Proxy.Sql;

/// <summary>Values as text.</summary>
internal static class SqlText
{
    /// <summary>A number so that reading it gives the same one.</summary>
    public static string Write(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    public static string Write(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Write(ReadOnlySpan<byte> blob, SqlBlobText text) =>
        text == SqlBlobText.Hex ? Convert.ToHexStringLower(blob) : Convert.ToBase64String(blob);
}
