namespace MitmWeb.Proxy.Sql;

/// <summary>How BLOBs are written in formats that only have text.</summary>
public enum SqlBlobText
{
    /// <summary>Two hexadecimal digits in lower case for each byte.</summary>
    Hex,

    /// <summary>Base64 (RFC 4648, section 4).</summary>
    Base64,
}
