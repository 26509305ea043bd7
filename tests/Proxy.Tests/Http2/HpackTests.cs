using System.Text;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Header compression, against the examples of RFC 7541, appendix C.</summary>
public sealed class HpackTests
{
    private const string FirstRequest = ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n";
    private const string FirstResponse =
        ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com\n";

    private const string ThirdResponse =
        ":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com\ncontent-encoding: gzip\n"
        + "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n";

    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header\n")] // C.2.1
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path\n")] // C.2.2
    [InlineData("100870617373776f726406736563726574", "!password: secret\n")] // C.2.3
    [InlineData("82", ":method: GET\n")] // C.2.4
    public void Decode_SingleFields(string hex, string expected) => Assert.Equal(expected, Decode(new HpackDecoder(), hex));

    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")] // C.3
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")] // C.4
    public void Decode_RequestsThatBuildOnEachOther(string first, string second, string third)
    {
        var decoder = new HpackDecoder();

        Assert.Equal(FirstRequest, Decode(decoder, first));
        Assert.Equal(FirstRequest + "cache-control: no-cache\n", Decode(decoder, second));
        Assert.Equal(":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n", Decode(decoder, third));
    }

    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")] // C.5
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")] // C.6
    public void Decode_ResponsesWithEviction(string first, string second, string third)
    {
        // The examples have a table of 256 bytes.
        var decoder = new HpackDecoder(256);

        Assert.Equal(FirstResponse, Decode(decoder, first));
        Assert.Equal(FirstResponse.Replace("302", "307", StringComparison.Ordinal), Decode(decoder, second));
        Assert.Equal(ThirdResponse, Decode(decoder, third));
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "an index beyond the tables")]
    [InlineData("ff", "an integer without its end")]
    [InlineData("ffffffffff7f", "a huge integer")]
    [InlineData("0005612d", "a text without its end")]
    [InlineData("00", "a name that is missing")]
    [InlineData("3fe21f", "a table larger than allowed")]
    [InlineData("8220", "a table size update after a field")]
    [InlineData("008161", "padding longer than seven bits or of zeros")]
    [InlineData("0084ffffffff00", "the end-of-string code")]
    public void Decode_MalformedBlock_IsAConnectionError(string hex, string what)
    {
        var error = Assert.Throws<Http2ConnectionException>(() => Decode(new HpackDecoder(), hex));
        Assert.True(error.Code == Http2ErrorCode.CompressionError, what);
    }

    [Fact]
    public void Encode_AnyFields_AreDecodedTheSame()
    {
        var random = new Random(42);
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder();
        var names = new[] { ":path", "cookie", "set-cookie", "content-type", "x-a", "x-b", "authorization", "accept", ":method", "x-long" };
        for (var round = 0; round < 5000; round++)
        {
            if (round % 97 == 0)
            {
                encoder.SetMaxTableSize((uint)random.Next(6000));
            }

            var output = new PooledBuffer(16);
            var expected = new FieldBlock(int.MaxValue);
            encoder.Begin(output);
            for (var i = random.Next(12); i >= 0; i--)
            {
                var name = Encoding.ASCII.GetBytes(names[random.Next(names.Length)]);
                var value = new byte[random.Next(10) == 0 ? random.Next(5000) : random.Next(30)];
                random.NextBytes(value);
                if (random.Next(2) == 0)
                {
                    value = Encoding.ASCII.GetBytes($"value {random.Next(20)}");
                }

                var isNeverIndexed = random.Next(5) == 0;
                encoder.Encode(output, name, value, isNeverIndexed);
                expected.Add(name, value, isNeverIndexed || name.AsSpan().SequenceEqual("authorization"u8) || (name.AsSpan().SequenceEqual("cookie"u8) && value.Length < 20));
            }

            var decoded = new FieldBlock(int.MaxValue);
            decoder.Decode(output.Span, decoded);
            Assert.Equal(Text(expected), Text(decoded));
        }
    }

    [Fact]
    public void Encode_TheSameHeadAgain_IsAFewBytes()
    {
        var encoder = new HpackEncoder();
        var output = new PooledBuffer(16);
        void Head()
        {
            encoder.Begin(output);
            encoder.Encode(output, ":status"u8, "200"u8);
            encoder.Encode(output, "content-type"u8, "text/html; charset=utf-8"u8);
            encoder.Encode(output, "x-served-by"u8, "some-server-in-some-rack"u8);
        }

        Head();
        output.Clear();
        Head();

        Assert.Equal(3, output.Length);
    }

    [Fact]
    public void Huffman_EveryByte_RoundTrips()
    {
        var text = Enumerable.Range(0, 1024).Select(i => (byte)(i * 7)).ToArray();
        var code = new byte[HpackHuffman.EncodedLength(text)];
        HpackHuffman.Encode(text, code);
        var decoded = new byte[(code.Length * 8 / 5) + 1];

        Assert.Equal(text.Length, HpackHuffman.Decode(code, decoded));
        Assert.Equal(text, decoded[..text.Length]);
    }

    [Fact]
    public void Decode_RandomBytes_NeverBreaksOtherThanAsMalformed()
    {
        var random = new Random(7);
        var fields = new FieldBlock(64 * 1024);
        for (var round = 0; round < 200_000; round++)
        {
            var decoder = new HpackDecoder();
            var block = new byte[random.Next(64)];
            random.NextBytes(block);
            try
            {
                fields.Clear();
                decoder.Decode(block, fields);
            }
            catch (Http2ConnectionException)
            {
                // Malformed.
            }
        }
    }

    private static string Decode(HpackDecoder decoder, string hex)
    {
        var fields = new FieldBlock(64 * 1024);
        decoder.Decode(Convert.FromHexString(hex), fields);
        return Text(fields);
    }

    private static string Text(FieldBlock fields)
    {
        var text = new StringBuilder();
        for (var i = 0; i < fields.Count; i++)
        {
            text.Append(fields.IsNeverIndexed(i) ? "!" : "").Append(Encoding.Latin1.GetString(fields.Name(i))).Append(": ").Append(Encoding.Latin1.GetString(fields.Value(i))).Append('\n');
        }

        return text.ToString();
    }
}
