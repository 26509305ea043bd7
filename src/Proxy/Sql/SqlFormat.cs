namespace MitmWeb.Proxy.Sql;

/// <summary>How an answer is written.</summary>
public enum SqlFormat
{
    /// <summary>Columns side by side for a terminal.</summary>
    Table,

    /// <summary>RFC 4180: a line of names, then a line for each row.</summary>
    Csv,

    /// <summary>A JSON array with an object for each row.</summary>
    Json,

    /// <summary>A JSON object on a line for each row.</summary>
    JsonLines,
}
