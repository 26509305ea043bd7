using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Http;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "", null)]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", "abc", null)]
    [InlineData("3\r\nabc\r\n00A\r\n0123456789\r\n000\r\n\r\n", "abc0123456789", null)]
    [InlineData("a;x\r\n0123456789\r\n0;last=\"1;2\"\r\n\r\n", "0123456789", null)]
    [InlineData("1 ;x\r\na\r\n1\t\r\nb\r\n0\r\n\r\n", "ab", null)]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n", null)]
    [InlineData("1\r\na\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", "a", "X: 1\r\nY: 2\r\n\r\n")]
    [InlineData("0\r\nX:\r\n\r\n", "", "X:\r\n\r\n")]
    public void TryRead_CutAnywhere_GivesTheSame(string wire, string content, string? trailers)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                Assert.Equal((content, trailers, bytes.Length, true), Read(bytes, first, second));
            }
        }
    }

    [Fact]
    public void TryRead_WhatFollowsTheBody_IsLeftAlone() =>
        Assert.Equal(("a", null, 11, true), Read("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"u8.ToArray()));

    [Fact]
    public void TryRead_AfterTheEnd_TakesNothingMore()
    {
        var decoder = default(ChunkedDecoder);
        Assert.True(decoder.TryRead("0\r\n\r\n"u8, out _));

        Assert.True(decoder.TryRead("5\r\nhello"u8, out var piece));

        Assert.Equal((0, true), (piece.Length, piece.IsLast));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+1\r\n")]
    [InlineData(" 1\r\n")]
    [InlineData("0x1\r\n")]
    [InlineData("1 2\r\n")]
    [InlineData("1,\r\n")]
    [InlineData("1\n")]
    [InlineData("1;a\n")]
    [InlineData("1;a\rb\r\n")]
    [InlineData("1;a\0b\r\n")]
    [InlineData("1\r\r\n")]
    [InlineData("8000000000000000\r\n")]
    [InlineData("10000000000000000\r\n")]
    [InlineData("ffffffffffffffffffff\r\n")]
    [InlineData("1\r\nab\r\n")]
    [InlineData("1\r\na\n0\r\n\r\n")]
    [InlineData("1\r\na\r0\r\n\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\nX: 1\n\r\n")]
    [InlineData("0\r\nX: 1\r\n\n")]
    [InlineData("0\r\nX: 1\r2\r\n\r\n")]
    [InlineData("0\r\nX: \0\r\n\r\n")]
    public void TryRead_BrokenFraming_ThrowsHoweverItIsCut(string wire)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Throws<HttpWireException>(() => Read(bytes, cut));
        }
    }

    [Theory]
    [InlineData("", ChunkedDecoder.MaxSizeLine)]
    [InlineData("0\r\n", ChunkedDecoder.MaxTrailers)]
    public void TryRead_LineThatNeverEnds_Throws(string start, int limit) =>
        Assert.Throws<HttpWireException>(() => Read(Encoding.Latin1.GetBytes(start + new string('1', limit + 1))));

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n")]
    [InlineData("5\r\nhel")]
    [InlineData("5")]
    [InlineData("0\r\nX: 1\r\n")]
    public void TryRead_NotAllThere_AsksForMore(string wire) => Assert.False(Read(Encoding.Latin1.GetBytes(wire)).IsWhole);

    /// <summary>Feeds the bytes up to each cut in turn, as a connection would deliver them.</summary>
    private static (string Content, string? Trailers, int Taken, bool IsWhole) Read(byte[] bytes, params int[] cuts)
    {
        var decoder = default(ChunkedDecoder);
        var content = new StringBuilder();
        var position = 0;
        foreach (var end in cuts.Append(bytes.Length))
        {
            while (decoder.TryRead(bytes.AsSpan(position, end - position), out var piece))
            {
                content.Append(Encoding.Latin1.GetString(bytes.AsSpan(position + piece.Length - piece.Data, piece.Data)));
                if (piece.IsLast)
                {
                    var trailers = piece.Trailers is { } range ? Encoding.Latin1.GetString(bytes.AsSpan(position, piece.Length)[range]) : null;
                    return (content.ToString(), trailers, position + piece.Length, true);
                }

                position += piece.Length;
            }
        }

        return (content.ToString(), null, position, false);
    }
}
