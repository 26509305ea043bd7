using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>Where the values of a field stand.</summary>
/// <param name="Table">The table, with a condition that leaves out what is old: the list of a million flows must not be counted at each key.</param>
/// <param name="Column">The column, or another expression. NULL and the empty text do not count.</param>
/// <param name="Name">Whose values are meant, <c>?3</c> of the condition; null where there is no such parameter.</param>
internal readonly record struct SeenValueSource(string Table, string Column, string? Name = null)
{
    private const string Notes = "flow, json_each(flow.meta) WHERE flow.meta IS NOT NULL";

    private const string Flows = "flow WHERE id > (SELECT max(id) FROM flow) - 50000";
    private const string Connections = "connection WHERE id > (SELECT max(id) FROM connection) - 50000";

    /// <summary>Null where there are too many different values, or none are known.</summary>
    public static SeenValueSource? Of(FilterField field, string? name) => field switch
    {
        FilterField.Meta when name is null => new(Notes, "json_each.key || ': ' || json_each.value"),
        FilterField.Meta => new($"{Notes} AND json_each.key = ?3 COLLATE NOCASE", "json_each.value", name),
        _ when name is not null => null,
        FilterField.Host => new(Flows, "host"),
        FilterField.Method => new(Flows, "method"),
        FilterField.Scheme => new(Flows, "scheme"),
        FilterField.Port => new(Flows, "port"),
        FilterField.Status => new(Flows, "status"),
        FilterField.Type => new(Flows, "content_type"),
        FilterField.HttpVersion => new(Flows, "http_version"),
        FilterField.Error => new(Flows, "error"),
        FilterField.Mark => new("flow WHERE marker IS NOT NULL", "marker"),
        FilterField.Comment => new("flow WHERE comment IS NOT NULL", "comment"),
        FilterField.Tag => new("flow, json_each(flow.tags) WHERE flow.tags IS NOT NULL", "json_each.value"),
        FilterField.TlsVersion => new(Connections, "tls_version"),
        FilterField.Alpn => new(Connections, "alpn"),
        FilterField.Cipher => new(Connections, "cipher_suite"),
        FilterField.Sni => new(Connections, "sni"),
        FilterField.Ja3 => new(Connections, "ja3"),
        FilterField.Ja4 => new(Connections, "ja4"),
        _ => null,
    };

    /// <summary>Where the names stand that can follow the field's dot; null where none are known.</summary>
    public static SeenValueSource? NamesOf(FilterField field) => field == FilterField.Meta ? new(Notes, "lower(json_each.key)") : null;
}
