using System.Buffers.Binary;
using System.Text.Json;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>JA3 and JA4 against values that other programs computed, and those that their authors published.</summary>
public sealed class FingerprintTests
{
    public static TheoryData<string, string, string, string, string> Recorded
    {
        get
        {
            var data = new TheoryData<string, string, string, string, string>();
            foreach (var row in JsonDocument.Parse(TlsFixtures.Read("Hellos/expected.json")).RootElement.EnumerateArray())
            {
                data.Add(Text("client"), Text("ja3"), Text("ja3Full"), Text("ja4"), Text("ja4Raw"));

                string Text(string name) => row.GetProperty(name).GetString()!;
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Of_RecordedClient_IsWhatOthersCompute(string client, string ja3, string ja3Full, string ja4, string ja4Raw)
    {
        var hello = ClientHelloAnatomy.Read(TlsFixtures.Hello(client))!;

        Assert.Equal(ja3Full, Ja3.FullString(hello));
        Assert.Equal(ja3, Ja3.Of(hello));
        Assert.Equal(ja4, Ja4.Of(hello));
        Assert.Equal(ja4Raw, Ja4.Raw(hello));
    }

    [Fact]
    public void Recorded_Clients_AreMany() => Assert.True(Recorded.Count >= 10);

    /// <summary>The example of JA4's specification.</summary>
    [Theory]
    [InlineData("0403,0804,0401,0503,0805,0501,0806,0601", "t13d1516h2_8daaf6152771_e5627efa2ab1")]
    [InlineData("", "t13d1516h2_8daaf6152771_6d807ffa2a79")]
    public void Ja4_ExampleOfTheSpecification_IsItsFingerprint(string signatures, string expected)
    {
        var hello = Build(
            "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035",
            "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015",
            type => type switch
            {
                0x0010 => Vector16(Vector8("h2"u8)),
                0x000d => Vector16(Codes(signatures)),
                0x002b => Vector8(Codes("fafa,0304,0303")),
                _ => [],
            });

        Assert.Equal(expected, Ja4.Of(hello));
    }

    /// <summary>The table of JA4's specification for application protocols.</summary>
    [Theory]
    [InlineData("6832", "h2")]
    [InlineData("687474702F312E31", "h1")]
    [InlineData("61", "aa")]
    [InlineData("AB", "ab")]
    [InlineData("20", "20")]
    [InlineData("ABCD", "ad")]
    [InlineData("2061", "21")]
    [InlineData("30AB", "3b")]
    [InlineData("6120", "60")]
    [InlineData("3031ABCD", "3d")]
    [InlineData("30ABCD31", "01")]
    [InlineData("", "00")]
    public void Ja4_FirstProtocol_GivesTwoCharacters(string protocol, string expected)
    {
        var hello = Build("1301", "0010", _ => Vector16(Vector8(Convert.FromHexString(protocol))));

        Assert.Equal("t12i0101" + expected, Ja4.Of(hello)[..10]);
    }

    [Fact]
    public void Of_HelloWithNothing_SaysSo()
    {
        var hello = Build("", "", _ => []);

        Assert.Equal("t12i000000_000000000000_000000000000", Ja4.Of(hello));
        Assert.Equal("771,,,,", Ja3.FullString(hello));
    }

    [Fact]
    public void Ja4_MoreThanCanBeCounted_Is99()
    {
        var many = string.Join(',', Enumerable.Range(1, 120).Select(code => code.ToString("x4", System.Globalization.CultureInfo.InvariantCulture)));

        Assert.StartsWith("t12i999900_", Ja4.Of(Build(many, many.Replace("0010,", "", StringComparison.Ordinal), _ => [])), StringComparison.Ordinal);
    }

    private static ClientHelloAnatomy Build(string suites, string extensions, Func<ushort, byte[]> data)
    {
        byte[] list = [.. Numbers(extensions).SelectMany(type => (byte[])[.. UInt16(type), .. Vector16(data(type))])];
        byte[] body = [3, 3, .. new byte[32], 0, .. Vector16(Codes(suites)), 1, 0, .. list.Length == 0 ? [] : Vector16(list)];
        byte[] message = [1, 0, .. UInt16((ushort)body.Length), .. body];
        return ClientHelloAnatomy.Read(message)!;
    }

    private static IEnumerable<ushort> Numbers(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => Convert.ToUInt16(text, 16));

    private static byte[] Codes(string list) => [.. Numbers(list).SelectMany(UInt16)];

    private static byte[] UInt16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Vector8(ReadOnlySpan<byte> content) => [(byte)content.Length, .. content];

    private static byte[] Vector16(byte[] content) => [.. UInt16((ushort)content.Length), .. content];
}
