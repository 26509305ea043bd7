using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>The values of one question to a session.</summary>
/// <param name="readers">Who reads the file.</param>
/// <param name="limit">The most values of an answer.</param>
/// <param name="cancellationToken">Stops the search.</param>
internal sealed class StoredSeenValues(ReaderPool readers, int limit, CancellationToken cancellationToken) : ISeenValues
{
    public IReadOnlyList<SeenValue> Values(FilterField field, string? name, string part) => Ask(SeenValueSource.Of(field, name), part);

    public IReadOnlyList<SeenValue> Names(FilterField field, string part) => Ask(SeenValueSource.NamesOf(field), part);

    private List<SeenValue> Ask(SeenValueSource? source, string part) =>
        source is { } some ? readers.Use(reader => reader.Values(some, ListText.Clean(part), limit), cancellationToken) : [];
}
