using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>A header that a list shows as a column.</summary>
/// <param name="Side">Of which message.</param>
/// <param name="Name">Its name, in any case.</param>
public sealed record ListedHeader(MessageSide Side, string Name)
{
    /// <summary>How many characters of a value are given; a column has room for fewer.</summary>
    public const int MaxLength = 200;

    private const int MaxNameLength = 100;

    /// <summary>Reads <c>request.user-agent</c> or <c>response.x-cache</c>.</summary>
    public static bool TryParse(string? text, out ListedHeader? header)
    {
        header = null;
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot < 0 || text!.Length > MaxNameLength || dot == text.Length - 1)
        {
            return false;
        }

        MessageSide? side = text[..dot] switch { "request" => MessageSide.Request, "response" => MessageSide.Response, _ => null };
        header = side is { } known ? new ListedHeader(known, text[(dot + 1)..]) : null;
        return header is not null;
    }

    /// <summary>The value in these lists of lines, several of them with commas between; null when it is not there.</summary>
    internal string? Find(IReadOnlyList<HeaderList> lists)
    {
        var name = Encoding.Latin1.GetBytes(Name);
        StringBuilder? value = null;
        foreach (var list in lists)
        {
            for (var at = list.IndexOf(name); at >= 0 && (value is null || value.Length < MaxLength); at = list.IndexOf(name, at + 1))
            {
                var line = list[at].Value;
                value = value is null ? new StringBuilder(line) : value.Append(", ").Append(line);
            }
        }

        return value?.Length > MaxLength ? value.ToString(0, MaxLength) : value?.ToString();
    }
}
