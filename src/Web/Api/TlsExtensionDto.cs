using MitmWeb.Proxy.Tls;

namespace MitmWeb.Web.Api;

/// <summary>An extension of a hello.</summary>
/// <param name="Code">Its number: <c>0x002B</c>.</param>
/// <param name="Name">Its name at IANA: <c>supported_versions</c>.</param>
/// <param name="IsGrease">Whether it is a random one that means nothing (RFC 8701).</param>
/// <param name="Size">How many bytes it holds.</param>
/// <param name="Values">What it says; empty when it holds nothing, or nothing that is known here.</param>
/// <param name="Hex">Its bytes, hexadecimal, where <paramref name="Values"/> is empty; at most the first 256.</param>
public sealed record TlsExtensionDto(string Code, string Name, bool IsGrease, int Size, IReadOnlyList<TlsValueDto> Values, string Hex)
{
    private const int MaxHexBytes = 256;

    internal static TlsExtensionDto From(TlsExtension extension, Func<TlsExtension, IReadOnlyList<TlsValue>> read)
    {
        var name = TlsValueDto.From(extension.Type, TlsRegistry.Extension);
        var values = read(extension).Select(TlsValueDto.From).ToArray();
        var data = extension.Data.Span;
        return new TlsExtensionDto(
            name.Code, name.Text, name.IsGrease, data.Length, values, values.Length > 0 ? "" : Convert.ToHexString(data[..Math.Min(data.Length, MaxHexBytes)]));
    }
}
