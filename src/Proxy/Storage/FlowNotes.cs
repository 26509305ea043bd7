using System.Text.Encodings.Web;
using System.Text.Json;

namespace MitmWeb.Proxy.Storage;

/// <summary>What people noted about a flow.</summary>
public sealed record FlowNotes
{
    /// <summary>The longest marker, in UTF-16 code units.</summary>
    public const int MaxMarker = 64;

    /// <summary>The longest comment, and the longest value of a note with a name, in UTF-16 code units.</summary>
    public const int MaxText = 10_000;

    /// <summary>The longest tag, and the longest name of a note, in UTF-16 code units.</summary>
    public const int MaxName = 100;

    /// <summary>The most tags, and the most notes with names.</summary>
    public const int MaxCount = 50;

    private static readonly FlowNotes None = new();
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A colour's name, or any other short text; null for no mark.</summary>
    public string? Marker { get; init; }

    /// <summary>Free text; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The tags, each once.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the flow is pinned.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Notes with names.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>What is too much of something, in a sentence; null when nothing is.</summary>
    public string? Problem => this switch
    {
        { Marker.Length: > MaxMarker } => $"A marker has at most {MaxMarker} characters; this one has {Marker!.Length}.",
        { Comment.Length: > MaxText } => $"A comment has at most {MaxText} characters; this one has {Comment!.Length}.",
        { Tags.Count: > MaxCount } => $"A flow has at most {MaxCount} tags.",
        { Meta.Count: > MaxCount } => $"A flow has at most {MaxCount} notes with names.",
        _ when Tags.Any(tag => tag.Length > MaxName) => $"A tag has at most {MaxName} characters.",
        _ when Meta.Any(note => note.Key.Length is 0 or > MaxName) => $"The name of a note has 1 to {MaxName} characters.",
        _ when Meta.Any(note => note.Value.Length > MaxText) => $"A note has at most {MaxText} characters.",
        _ => null,
    };

    /// <summary>What is noted about a flow.</summary>
    public static FlowNotes Of(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row is { Marker: null, Comment: null, Tags: null, IsPinned: false, Meta: null }
            ? None
            : new FlowNotes
            {
                Marker = row.Marker,
                Comment = row.Comment,
                Tags = TagsOf(row),
                IsPinned = row.IsPinned,
                Meta = MetaOf(row),
            };
    }

    /// <summary>As <see cref="Of"/>; null when nothing is noted.</summary>
    internal static FlowNotes? OfNoted(FlowRow row) => Of(row) is var notes && ReferenceEquals(notes, None) ? null : notes;

    internal static string[] TagsOf(FlowRow row) => row.Tags is { } tags ? JsonSerializer.Deserialize<string[]>(tags) ?? [] : [];

    internal static Dictionary<string, string> MetaOf(FlowRow row) =>
        row.Meta is { } meta ? JsonSerializer.Deserialize<Dictionary<string, string>>(meta) ?? [] : [];

    /// <summary>A row with these notes: without what is empty, and each tag and name once.</summary>
    internal FlowRow On(FlowRow row)
    {
        var tags = Tags.Select(tag => ListText.Clean(tag.Trim())).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var meta = new Dictionary<string, string>();
        foreach (var (name, value) in Meta)
        {
            meta[ListText.Clean(name.Trim())] = ListText.Clean(value);
        }

        return row with
        {
            Marker = Text(Marker?.Trim()),
            Comment = Text(Comment),
            Tags = tags.Length == 0 ? null : JsonSerializer.Serialize(tags, Json),
            IsPinned = IsPinned,
            Meta = meta.Count == 0 ? null : JsonSerializer.Serialize(meta, Json),
        };
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : ListText.Clean(text);
}
