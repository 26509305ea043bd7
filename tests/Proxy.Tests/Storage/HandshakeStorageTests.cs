using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Tls;

namespace MitmWeb.Proxy.Tests.Storage;

/// <summary>What is kept of handshakes with their connections.</summary>
public sealed class HandshakeStorageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-handshakes-");

    [Fact]
    public async Task Flow_HandshakesOfBothSides_ComeBackAsTheyWere()
    {
        var path = Path.Combine(_folder.FullName, "session.mitmweb");
        var hello = TlsFixtures.Hello("chromium");
        var client = new TlsDetails
        {
            Version = "TLS 1.3",
            CipherSuite = "TLS_AES_128_GCM_SHA256",
            KeyExchangeGroup = "X25519MLKEM768",
            Resumed = false,
            ClientHello = hello,
            ServerHello = [2, 0, 0, 0],
            ClientCertificate = [48, 1, 2],
        };
        var server = new TlsDetails
        {
            HelloRetried = true,
            Resumed = true,
            OcspStaple = [1, 2, 3],
            ClientAlert = "unknown_ca (48)",
            ServerAlert = "handshake_failure (40)",
            Verification = new CertificateVerification(false, [new TrustStep("CN=“one”", "ab", ["NotTimeValid", "Revoked"]), new TrustStep("CN=two", "cd", [])], VerificationRule.Pin),
            Certificates = [[48, 3]],
            ClientCertificate = [48, 4],
        };
        long id;
        await using (var store = FlowStore.Open(path))
        {
            var flow = TestFlows.New(store);
            flow.Client.Tls = client;
            flow.Client.TlsDuration = 4711;
            flow.Server = new ServerConnection { Id = store.NextConnectionId(), Host = "a", Port = 1, OpenedAt = TestFlows.Start, Tls = server };
            flow.State = FlowState.Done;
            id = flow.Id;
            await store.Ended(flow);
        }

        await using (var store = FlowStore.Open(path))
        {
            var stored = store.GetFlow(id)!;
            Assert.Equal(4711, stored.Client.TlsDuration);
            Assert.Equivalent(client, stored.Client.Tls, strict: true);
            Assert.Equivalent(server, stored.Server!.Tls, strict: true);
        }

        // For those who query the file: the client's fingerprints are columns.
        using var database = Database.OpenReadWrite(path);
        using var select = database.Prepare("SELECT ja3, ja4, side FROM connection ORDER BY side");
        Assert.True(select.Step());
        Assert.Equal(("e02459c0f80b979504ba080403e14917", "t13d1517h2_8daaf6152771_cb7bf5808d99"), (select.Text(0), select.Text(1)));
        Assert.True(select.Step());
        Assert.True(select.IsNull(0) && select.IsNull(1));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
