using MitmWeb.Proxy.Tls;

namespace MitmWeb.Web.Api;

/// <summary>A part of a hello.</summary>
/// <param name="Code">The number as it was sent: <c>0x1301</c>; empty for what is no number.</param>
/// <param name="Text">Its name, or what it says.</param>
/// <param name="IsGrease">Whether it is a random value that means nothing (RFC 8701).</param>
public sealed record TlsValueDto(string Code, string Text, bool IsGrease)
{
    internal static TlsValueDto From(TlsValue value) => new(value.Code, value.Text, value.IsGrease);

    internal static TlsValueDto From(ushort code, Func<int, string> name) => From(TlsExtensionText.Code(code, name));
}
