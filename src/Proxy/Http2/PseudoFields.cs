namespace MitmWeb.Proxy.Http2;

/// <summary>What the text form of a request that came over HTTP/2 does not show of its pseudo-header fields (RFC 9113, section 8.3.1).</summary>
/// <param name="Scheme"><c>:scheme</c>; null when there was none.</param>
/// <param name="Order">The fields in their order, as one <see cref="PseudoField"/> per four bits, the first one lowest.</param>
internal readonly record struct PseudoFields(string? Scheme, uint Order)
{
    /// <summary>Whether the request had that field.</summary>
    public bool Has(PseudoField field)
    {
        for (var order = Order; order != 0; order >>= 4)
        {
            if ((PseudoField)(order & 0xf) == field)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The order in which a request that came over HTTP/1.1 is sent.</summary>
    public const uint UsualOrder =
        (uint)PseudoField.Method | ((uint)PseudoField.Scheme << 4) | ((uint)PseudoField.Authority << 8) | ((uint)PseudoField.Path << 12);

    /// <summary>The order of a CONNECT that came over HTTP/1.1 (RFC 9113, section 8.5).</summary>
    public const uint TunnelOrder = (uint)PseudoField.Method | ((uint)PseudoField.Authority << 4);

    /// <summary>The order of an extended CONNECT that was an upgrade of HTTP/1.1 (RFC 8441, section 4).</summary>
    public const uint ConnectOrder =
        (uint)PseudoField.Method | ((uint)PseudoField.Protocol << 4) | ((uint)PseudoField.Scheme << 8) | ((uint)PseudoField.Path << 12) | ((uint)PseudoField.Authority << 16);
}
