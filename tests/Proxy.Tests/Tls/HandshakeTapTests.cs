using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

public sealed class HandshakeTapTests
{
    [Fact]
    public async Task Finish_AfterMoreThanIsKept_HasTheBeginning()
    {
        var hello = TlsFixtures.Read("Hellos/chromium.bin");
        var inner = new MemoryStream();
        await using var tap = new HandshakeTap(inner);
        await tap.WriteAsync(hello);
        for (var i = 0; i < 100; i++)
        {
            await tap.WriteAsync(new byte[4096]);
        }

        var facts = tap.Finish(isClient: true);

        Assert.Equal(hello[5..], facts.ClientHello);
        Assert.Equal(hello.Length + (100 * 4096), inner.Length);
    }

    [Fact]
    public async Task Finish_BytesGoOnAndAreNotKept()
    {
        var inner = new MemoryStream(TlsFixtures.Read("Handshakes/tls13.server.bin"));
        await using var tap = new HandshakeTap(inner);
        var buffer = new byte[100];
        Assert.Equal(100, await tap.ReadAsync(buffer));
        Assert.Null(tap.Finish(isClient: true).ServerHello); // Cut off.

        Assert.Equal(100, await tap.ReadAsync(buffer));
        Assert.Null(tap.Finish(isClient: true).ServerHello);
    }
}
