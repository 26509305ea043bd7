using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>What the flows of a session have, for those who complete a filter.</summary>
public interface ISeenValues
{
    /// <summary>The values of a field that contain a text, the most frequent first; nothing for fields with too many different ones.</summary>
    /// <param name="field">The field.</param>
    /// <param name="name">What stands behind the field's dot, in any case; null for values of all names.</param>
    /// <param name="part">What the values must contain.</param>
    IReadOnlyList<SeenValue> Values(FilterField field, string? name, string part);

    /// <summary>What can stand behind the field's dot and contains a text, in lower case, the most frequent first; nothing for fields without.</summary>
    /// <param name="field">The field.</param>
    /// <param name="part">What the names must contain.</param>
    IReadOnlyList<SeenValue> Names(FilterField field, string part);
}
