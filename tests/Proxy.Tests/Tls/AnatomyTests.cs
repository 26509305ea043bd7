using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>Hellos taken apart and put into names.</summary>
public sealed class AnatomyTests
{
    [Theory]
    [InlineData("chromium", 0, "www.example.test")]
    [InlineData("chromium", 16, "h2 http/1.1")]
    [InlineData("chromium", 10, "GREASE X25519MLKEM768 x25519 secp256r1 secp384r1")]
    [InlineData("chromium", 43, "GREASE TLS 1.3 TLS 1.2")]
    [InlineData("chromium", 51, "GREASE (1 byte) X25519MLKEM768 (1216 bytes) x25519 (32 bytes)")]
    [InlineData("chromium", 27, "brotli")]
    [InlineData("chromium", 45, "psk_dhe_ke")]
    [InlineData("chromium", 5, "OCSP")]
    [InlineData("chromium", 17613, "h2")]
    [InlineData("chromium", 65281, "first handshake")]
    [InlineData("chromium", 35, "no ticket; asks for one")]
    [InlineData("firefox", 28, "16385 bytes")]
    [InlineData("firefox", 34, "ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ecdsa_sha1")]
    [InlineData("openssl-narrow", 13, "rsa_pss_rsae_sha256 ecdsa_secp256r1_sha256")]
    [InlineData("openssl-narrow", 10, "secp384r1 x25519")]
    [InlineData("openssl-odd-alpn", 16, "0xABCD")]
    [InlineData("openssl-tls10", 11, "uncompressed ansiX962_compressed_prime ansiX962_compressed_char2")]
    public void OfClient_Extension_IsInWords(string client, int type, string expected)
    {
        var hello = ClientHelloAnatomy.Read(TlsFixtures.Hello(client))!;

        Assert.Equal(expected, string.Join(' ', TlsExtensionText.OfClient(hello.Find((ushort)type)!).Select(value => value.Text)));
    }

    [Fact]
    public void Read_Padding_IsMeasured()
    {
        var hello = ClientHelloAnatomy.Read(TlsFixtures.Hello("curl-h2"))!;

        Assert.EndsWith(" bytes of padding", TlsExtensionText.OfClient(hello.Find(21)!)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EncryptedHello_IsCalledWhatItMayBe()
    {
        var hello = ClientHelloAnatomy.Read(TlsFixtures.Hello("chromium"))!;

        Assert.Contains("or a dummy (GREASE)", TlsExtensionText.OfClient(hello.Find(65037)!)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ServerHello_HasItsChoices()
    {
        var server = TlsFixtures.Read("Handshakes/tls13.server.bin");
        var hello = ServerHelloAnatomy.Read(server.AsSpan(5))!;

        Assert.Equal("TLS 1.3", TlsRegistry.Version(hello.Version));
        Assert.Equal("TLS_AES_256_GCM_SHA384", TlsRegistry.CipherSuite(hello.CipherSuite));
        Assert.Equal("x25519 (32 bytes)", TlsExtensionText.OfServer(hello.Find(51)!)[0].Text);
        Assert.False(hello.IsRetryRequest);
        Assert.True(ServerHelloAnatomy.Read(TlsFixtures.Read("Handshakes/tls13-retry.server.bin").AsSpan(5))!.IsRetryRequest);
    }

    [Theory]
    [InlineData(0x0A0A, true)]
    [InlineData(0xFAFA, true)]
    [InlineData(0x0A1A, false)]
    [InlineData(0x1301, false)]
    public void Grease_Code_IsKnown(int code, bool expected) => Assert.Equal(expected, Grease.Is((ushort)code));

    [Fact]
    public void Registry_UnknownNumbers_AreShownAsSuch()
    {
        Assert.Equal("unknown 0x1234", TlsRegistry.Extension(0x1234));
        Assert.Equal("unknown 0xFE01", TlsRegistry.Group(0xFE01));
        Assert.Equal("GREASE", TlsRegistry.CipherSuite(0x8A8A));
        Assert.Equal("alert (200)", TlsRegistry.Alert(200));
        Assert.Equal("GREASE", TlsRegistry.PskMode(0x2A));
    }
}
