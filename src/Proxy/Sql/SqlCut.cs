namespace MitmWeb.Proxy.Sql;

/// <summary>Which limit left rows of an answer out.</summary>
public enum SqlCut
{
    /// <summary>None: the answer is whole.</summary>
    None,

    /// <summary>There are more rows than wanted.</summary>
    Rows,

    /// <summary>There are more bytes than wanted.</summary>
    Bytes,
}
