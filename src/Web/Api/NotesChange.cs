using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>What becomes of a flow's notes. What is null or absent stays.</summary>
/// <param name="Marker">The mark: <c>red</c>, <c>orange</c>, <c>yellow</c>, <c>green</c>, <c>blue</c>, <c>purple</c>, or another text of at most 64 characters; empty to take it away.</param>
/// <param name="Comment">The comment; empty to take it away.</param>
/// <param name="Tags">All tags anew.</param>
/// <param name="AddTags">Tags to add.</param>
/// <param name="RemoveTags">Tags to take away.</param>
/// <param name="Pinned">Whether it is pinned.</param>
/// <param name="Meta">Notes by their names; an empty one is taken away, others than these stay.</param>
public sealed record NotesChange(
    string? Marker,
    string? Comment,
    IReadOnlyList<string>? Tags,
    IReadOnlyList<string>? AddTags,
    IReadOnlyList<string>? RemoveTags,
    bool? Pinned,
    IReadOnlyDictionary<string, string>? Meta)
{
    internal FlowNotes Apply(FlowNotes notes)
    {
        var tags = (Tags ?? notes.Tags).Concat(AddTags ?? []).Where(tag => RemoveTags?.Contains(tag, StringComparer.OrdinalIgnoreCase) != true);
        var meta = new Dictionary<string, string>(notes.Meta);
        foreach (var (name, value) in Meta ?? new Dictionary<string, string>())
        {
            if (value.Length == 0)
            {
                meta.Remove(name);
            }
            else
            {
                meta[name] = value;
            }
        }

        return notes with
        {
            Marker = Marker ?? notes.Marker,
            Comment = Comment ?? notes.Comment,
            Tags = [.. tags.Take(FlowNotes.MaxCount)],
            IsPinned = Pinned ?? notes.IsPinned,
            Meta = meta.Take(FlowNotes.MaxCount).ToDictionary(),
        };
    }
}
