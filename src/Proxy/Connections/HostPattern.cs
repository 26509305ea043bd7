namespace MitmWeb.Proxy.Connections;

/// <summary>Which hosts are meant: one name or address, with <c>*.</c> before it all names under it, or with <c>*</c> alone every host.</summary>
public sealed record HostPattern
{
    private readonly bool _isWild;
    private readonly string _name;

    private HostPattern(string name, bool isWild) => (_name, _isWild) = (name, isWild);

    /// <summary>Reads <c>example.com</c>, <c>*.example.com</c>, <c>10.0.0.7</c>, <c>[::1]</c> or <c>*</c>.</summary>
    /// <returns>Null when the text is none of these.</returns>
    public static HostPattern? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "*")
        {
            return new HostPattern("", isWild: true);
        }

        var isWild = text.StartsWith("*.", StringComparison.Ordinal);
        var name = isWild ? text[2..] : text;
        return !name.Contains('*', StringComparison.Ordinal)
            && Destination.TryParseAuthority(name, 1, out var host, out var port)
            && port == 1 && !name.EndsWith(":1", StringComparison.Ordinal)
            ? new HostPattern(host.TrimEnd('.').ToLowerInvariant(), isWild)
            : null;
    }

    /// <summary>Whether a host, without brackets, is meant.</summary>
    public bool Matches(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.AsSpan().TrimEnd('.');
        return _isWild
            ? _name.Length == 0 || name.Length > _name.Length + 1 && name.EndsWith(_name, StringComparison.OrdinalIgnoreCase) && name[^(_name.Length + 1)] == '.'
            : name.Equals(_name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As it was written, brackets and ending dots aside.</summary>
    public override string ToString() => (_isWild, _name) switch
    {
        (true, "") => "*",
        (true, _) => $"*.{_name}",
        _ => _name,
    };
}
