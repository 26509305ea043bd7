namespace MitmWeb.Proxy.Http;

/// <summary>One header line as it was on the wire: the name in its own case, the value without the white space around it.
/// Both are Latin-1, so that every byte has exactly one character (RFC 9110, section 5.5).</summary>
public readonly record struct HeaderField(string Name, string Value);
