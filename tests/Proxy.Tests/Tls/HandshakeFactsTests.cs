using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>What recorded handshakes tell.</summary>
public sealed class HandshakeFactsTests
{
    private static readonly string[] All =
    [
        "tls12-ecdhe-staple", "tls12-rsa", "tls12-dhe", "tls12-first", "tls12-resumed", "tls13", "tls13-retry", "tls12-alert", "tls12-rejected",
    ];

    [Theory]
    [InlineData("tls12-ecdhe-staple", "x25519", false, false, 2)]
    [InlineData("tls12-rsa", null, false, false, 1)]
    [InlineData("tls12-dhe", "DH 2048 bits", false, false, 1)]
    [InlineData("tls12-first", "x25519", false, false, 2)]
    [InlineData("tls12-resumed", null, true, false, 0)]
    [InlineData("tls13", "x25519", false, false, 0)]
    [InlineData("tls13-retry", "secp384r1", false, true, 0)]
    [InlineData("tls12-alert", null, null, false, 0)]
    [InlineData("tls12-rejected", "x25519", false, false, 2)]
    public void Read_RecordedHandshake_TellsWhatHappened(string name, string? group, bool? resumed, bool retried, int certificates)
    {
        var facts = Facts(name);

        Assert.Equal((group, resumed, retried), (facts.Group, facts.Resumed, facts.HelloRetried));
        Assert.Equal(certificates, facts.Certificates.Count);
        Assert.NotNull(ClientHelloAnatomy.Read(facts.ClientHello));
        Assert.Equal(name != "tls12-alert", facts.ServerHello is not null);
    }

    [Fact]
    public void Read_Chain_IsInTheOrderInWhichItWasSent()
    {
        var subjects = Facts("tls12-ecdhe-staple").Certificates.Select(der =>
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.Subject;
        });

        Assert.Equal(["CN=www.example.test", "CN=Recorded CA"], subjects);
    }

    [Fact]
    public void Read_Staple_SaysThatTheCertificateIsGood()
    {
        var staple = OcspStaple.Read(Facts("tls12-ecdhe-staple").OcspStaple!)!;

        // As `openssl ocsp -respin … -text` prints it.
        Assert.Equal("good", staple.Status);
        Assert.Equal("2026-11-20 16:48:31Z", staple.ThisUpdate?.ToString("u"));
        Assert.Equal("2026-11-20 16:48:31Z", staple.ProducedAt?.ToString("u"));
        Assert.Equal("2026-11-27 16:48:31Z", staple.NextUpdate?.ToString("u"));
        Assert.Null(Facts("tls12-first").OcspStaple);
    }

    [Fact]
    public void Read_AlertsInClear_AreNamedWithTheirSender()
    {
        Assert.Equal((null, "protocol_version (70)"), (Facts("tls12-alert").ClientAlert, Facts("tls12-alert").ServerAlert));
        Assert.Equal(("unknown_ca (48)", null), (Facts("tls12-rejected").ClientAlert, Facts("tls12-rejected").ServerAlert));
    }

    [Fact]
    public void Read_CutOffAnywhere_TellsLessAndNeverSomethingElse()
    {
        foreach (var name in All)
        {
            var (client, server) = Bytes(name);
            var whole = HandshakeFacts.Read(client, server);
            for (var length = 0; length < server.Length; length++)
            {
                var part = HandshakeFacts.Read(client, server.AsSpan(0, length));
                Assert.True(part.Group is null || part.Group == whole.Group, $"{name} at {length}: {part.Group}");
                Assert.True(part.Resumed is null || part.Resumed == whole.Resumed, $"{name} at {length}: {part.Resumed}");
                Assert.True(part.Certificates.Count <= whole.Certificates.Count);
            }
        }
    }

    [Fact]
    public void Read_SplitIntoRecordsOfOneByte_GivesTheSame()
    {
        var (client, server) = Bytes("tls12-ecdhe-staple");
        var split = new MemoryStream();
        foreach (var record in Records(server))
        {
            if (record[0] != 22)
            {
                split.Write(record);
                continue;
            }

            foreach (var content in record[5..])
            {
                split.Write([22, 3, 3, 0, 1, content]);
            }
        }

        var facts = HandshakeFacts.Read(client, split.ToArray());

        Assert.Equal("x25519", facts.Group);
        Assert.Equal(2, facts.Certificates.Count);
        Assert.NotNull(facts.OcspStaple);
    }

    [Fact]
    public void Read_DamagedBytes_NeverThrows()
    {
        var random = new Random(20261120);
        foreach (var name in All)
        {
            var (client, server) = Bytes(name);
            for (var i = 0; i < 400; i++)
            {
                var facts = HandshakeFacts.Read(Damage(client), Damage(server));
                Look(facts.ClientHello, facts.ServerHello);
                if (facts.OcspStaple is { } staple)
                {
                    OcspStaple.Read(staple);
                }
            }
        }

        byte[] Damage(byte[] good)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var changes = random.Next(8); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 1, _ => (byte)random.Next(256) };
            }

            return bytes;
        }
    }

    [Fact]
    public void Anatomy_EveryByteOfEveryHelloChanged_NeverThrows()
    {
        foreach (var row in FingerprintTests.Recorded)
        {
            var good = TlsFixtures.Hello((string)row[0]);
            for (var i = 0; i < good.Length; i++)
            {
                foreach (var value in new byte[] { 0, 1, 0x7F, 0xFF })
                {
                    var bytes = good.ToArray();
                    bytes[i] = value;
                    Look(bytes, null);
                }

                Look(good[..i], null);
            }
        }
    }

    [Fact]
    public void Staple_EveryByteChanged_NeverThrows()
    {
        var good = Facts("tls12-ecdhe-staple").OcspStaple!;
        for (var i = 0; i < good.Length; i++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                var bytes = good.ToArray();
                bytes[i] = value;
                OcspStaple.Read(bytes);
            }

            OcspStaple.Read(good[..i]);
        }
    }

    /// <summary>Does all that is done with hellos when somebody looks at them.</summary>
    private static void Look(byte[]? clientHello, byte[]? serverHello)
    {
        if (ClientHelloAnatomy.Read(clientHello) is { } client)
        {
            Assert.NotEmpty(Ja3.Of(client));
            Assert.NotEmpty(Ja4.Of(client));
            foreach (var extension in client.Extensions)
            {
                TlsExtensionText.OfClient(extension);
            }
        }

        if (ServerHelloAnatomy.Read(serverHello) is { } server)
        {
            foreach (var extension in server.Extensions)
            {
                TlsExtensionText.OfServer(extension);
            }
        }
    }

    private static HandshakeFacts Facts(string name)
    {
        var (client, server) = Bytes(name);
        return HandshakeFacts.Read(client, server);
    }

    private static (byte[] Client, byte[] Server) Bytes(string name) =>
        (TlsFixtures.Read($"Handshakes/{name}.client.bin"), TlsFixtures.Read($"Handshakes/{name}.server.bin"));

    private static List<byte[]> Records(byte[] bytes)
    {
        var records = new List<byte[]>();
        for (var at = 0; at + 5 <= bytes.Length;)
        {
            var end = at + 5 + ((bytes[at + 3] << 8) | bytes[at + 4]);
            records.Add(bytes[at..end]);
            at = end;
        }

        return records;
    }
}
