using System.Globalization;
using System.Text;
using QRCoder;

namespace MitmWeb.Web.Setup;

/// <summary>A QR code (ISO/IEC 18004) as SVG: one path with a run per row, dark on white whatever the theme, as scanners want it.</summary>
internal static class QrCode
{
    public static string Svg(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);

        // The matrix comes with the quiet zone of four modules that section 5.3.8 asks for.
        var matrix = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < matrix.Count; y++)
        {
            for (var x = 0; x < matrix[y].Length; x++)
            {
                if (!matrix[y][x])
                {
                    continue;
                }

                var start = x;
                while (x < matrix[y].Length && matrix[y][x])
                {
                    x++;
                }

                path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
            }
        }

        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {matrix.Count} {matrix.Count}" width="240" height="240" shape-rendering="crispEdges" role="img" aria-label="QR code"><path fill="#fff" d="M0 0h{matrix.Count}v{matrix.Count}H0z"/><path fill="#000" d="{path}"/></svg>
            """;
    }
}
