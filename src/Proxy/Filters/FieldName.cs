namespace MitmWeb.Proxy.Filters;

/// <summary>Whether a field takes a name behind a dot.</summary>
public enum FieldName
{
    None,
    Optional,
    Required,
}
