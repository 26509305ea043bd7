using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace MitmWeb.Web.Setup;

/// <summary>
/// A piece of HTML. In <see cref="Of"/> every string that is put in is encoded, only other pieces are taken as they are, so that no value
/// can become markup by being forgotten.
/// </summary>
internal sealed record Html(string Text)
{
    public static readonly Html Empty = new("");

    public static Html Of(Interpolation html) => new(html.ToString());

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(p => p.Text)));

    public override string ToString() => Text;

    [InterpolatedStringHandler]
    internal readonly struct Interpolation(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 32));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(Html html) => _text.Append(html.Text);

        public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted(int number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

        public override string ToString() => _text.ToString();
    }
}
