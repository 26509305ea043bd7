namespace MitmWeb.Proxy.Sql;

/// <summary>What a value is (https://www.sqlite.org/datatype3.html).</summary>
public enum SqlKind
{
    Null,
    Integer,
    Real,
    Text,
    Blob,
}
