using System.Buffers;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of header lines or cookies on the heads' own bytes, for searches through many: the same as that of <see cref="ContentTests"/>,
/// without taking the heads apart first.</summary>
internal sealed class HeadTest
{
    private readonly TextMatcher _matcher;
    private readonly byte[]? _name;
    private readonly AsciiNeedle? _nameInHead;
    private readonly string? _cookie;
    private readonly bool _isCookie;
    private readonly bool _ofRequest;
    private readonly bool _ofResponse;
    private readonly bool _wholeHead;

    public HeadTest(TextNode node, TextMatcher matcher)
    {
        _matcher = matcher;
        _isCookie = node.Field == FilterField.Cookie;
        _ofRequest = node.Field != FilterField.ResponseHeader;
        _ofResponse = node.Field != FilterField.RequestHeader;
        _name = node.Name is null ? null : Encoding.Latin1.GetBytes(node.Name);
        _nameInHead = node.Name is not null && Ascii.IsValid(node.Name) ? new AsciiNeedle(node.Name) : null;
        _cookie = node.Name;
        _wholeHead = _name is null && node.Test is TextTest.Regex or TextTest.RegexIgnoringCase;
    }

    /// <summary>Whether a flow with these heads and trailers passes.</summary>
    public bool Matches(
        ReadOnlySpan<byte> requestHead, ReadOnlySpan<byte> requestTrailers, ReadOnlySpan<byte> responseHead, ReadOnlySpan<byte> responseTrailers, RegexBudget? budget)
    {
        var found = (_ofRequest && IsIn(WithoutFirstLine(requestHead), requestTrailers, MessageSide.Request, budget))
            || (_ofResponse && IsIn(WithoutFirstLine(responseHead), responseTrailers, MessageSide.Response, budget));
        return found != (_matcher.Test == TextTest.NotEqual);
    }

    private static ReadOnlySpan<byte> WithoutFirstLine(ReadOnlySpan<byte> head) => head.IndexOf((byte)'\n') is var lf and >= 0 ? head[(lf + 1)..] : [];

    private bool IsIn(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> trailers, MessageSide side, RegexBudget? budget)
    {
        if (_wholeHead)
        {
            return (_matcher.MayBeIn(lines) || (!trailers.IsEmpty && _matcher.MayBeIn(trailers))) && IsInText(lines, trailers, budget);
        }

        return IsIn(lines, side, budget) || (!trailers.IsEmpty && IsIn(trailers, side, budget));
    }

    private bool IsIn(ReadOnlySpan<byte> block, MessageSide side, RegexBudget? budget)
    {
        if (_name is null)
        {
            return _matcher.MayBeIn(block) && (_matcher.IsExactInHead || IsInLine(block, budget));
        }

        if (_nameInHead is not null && !_nameInHead.IsIn(block) && (!_isCookie || Ascii.IsValid(block)))
        {
            return false;
        }

        var name = !_isCookie ? _name : side == MessageSide.Request ? "cookie"u8 : "set-cookie"u8;
        var lines = new HeadLines(block, 0);
        while (lines.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(lines.Name, name) && (_isCookie ? IsInCookies(lines.Value, side, budget) : _matcher.Matches(lines.Value, budget)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a line as it is shown passes: the name, a colon, a space, the value.</summary>
    private bool IsInLine(ReadOnlySpan<byte> block, RegexBudget? budget)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(block.Length + 2);
        try
        {
            var lines = new HeadLines(block, 0);
            while (lines.MoveNext())
            {
                var name = lines.Name;
                var value = lines.Value;
                if (!Ascii.IsValid(name) || !Ascii.IsValid(value))
                {
                    if (_matcher.Matches($"{FilterContent.Decode(name)}: {FilterContent.Decode(value)}", budget))
                    {
                        return true;
                    }

                    continue;
                }

                name.CopyTo(buffer);
                ": "u8.CopyTo(buffer.AsSpan(name.Length));
                value.CopyTo(buffer.AsSpan(name.Length + 2));
                if (_matcher.Matches(buffer.AsSpan(0, name.Length + 2 + value.Length), budget))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether all lines of a message together pass.</summary>
    private bool IsInText(ReadOnlySpan<byte> head, ReadOnlySpan<byte> trailers, RegexBudget? budget)
    {
        // A line grows by a space at most, and may lose its line end.
        var buffer = ArrayPool<char>.Shared.Rent(((head.Length + trailers.Length) * 2) + 4);
        try
        {
            var length = Write(trailers, buffer, Write(head, buffer, 0));
            return length > 0 && _matcher.Matches(buffer.AsSpan(0, length - 1), budget);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static int Write(ReadOnlySpan<byte> block, char[] buffer, int length)
    {
        var lines = new HeadLines(block, 0);
        while (lines.MoveNext())
        {
            length += FilterContent.Decode(lines.Name, buffer.AsSpan(length));
            buffer[length++] = ':';
            buffer[length++] = ' ';
            length += FilterContent.Decode(lines.Value, buffer.AsSpan(length));
            buffer[length++] = '\n';
        }

        return length;
    }

    private bool IsInCookies(ReadOnlySpan<byte> value, MessageSide side, RegexBudget? budget)
    {
        if (_nameInHead is null || !Ascii.IsValid(value))
        {
            return ContentTests.Cookies(FilterContent.Decode(value), side, _cookie!).Any(cookie => _matcher.Matches(cookie, budget));
        }

        do
        {
            var end = value.IndexOf((byte)';');
            var pair = end < 0 ? value : value[..end];
            value = end < 0 ? [] : value[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals > 0 && Ascii.EqualsIgnoreCase(pair[..equals].Trim(" \t\n\v\f\r"u8), _name) && _matcher.Matches(pair[(equals + 1)..].Trim(" \t\n\v\f\r"u8), budget))
            {
                return true;
            }
        }
        while (side == MessageSide.Request && !value.IsEmpty);

        return false;
    }
}
