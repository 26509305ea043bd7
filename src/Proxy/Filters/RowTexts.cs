using System.Text;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Texts of the list's row of which a flow has any number, in C# and as SQL. The two must give the same.</summary>
/// <param name="Read">The texts of a row.</param>
/// <param name="Column">The column of <c>flow</c>, JSON or NULL, of which <c>json_each</c> makes rows.</param>
/// <param name="Sql">The text of one of these rows; NULL for one that does not count.</param>
internal sealed record RowTexts(Func<FlowRow, IEnumerable<string>> Read, string Column, string Sql)
{
    private static readonly RowTexts Tags = new(FlowNotes.TagsOf, "tags", "json_each.value");
    private static readonly RowTexts Notes = new(
        row => FlowNotes.MetaOf(row).Select(note => $"{note.Key}: {note.Value}"), "meta", "(json_each.key || ': ' || json_each.value)");

    /// <summary>Null for fields that are no such texts.</summary>
    public static RowTexts? Of(FilterField field, string? name) => (field, name) switch
    {
        (FilterField.Tag, _) => Tags,
        (FilterField.Meta, null) => Notes,

        // The parser lets no quote into a name.
        (FilterField.Meta, _) => new RowTexts(
            row => FlowNotes.MetaOf(row).Where(note => Ascii.EqualsIgnoreCase(note.Key, name)).Select(note => note.Value),
            "meta",
            $"CASE WHEN json_each.key = '{name.Replace("'", "''", StringComparison.Ordinal)}' COLLATE NOCASE THEN json_each.value END"),
        _ => null,
    };
}
