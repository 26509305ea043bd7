using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Connections;

/// <summary>Server names that no host can have: the connection fails or not, but its flow says so.</summary>
public sealed class OddHelloTests
{
    [Theory]
    [InlineData("exa mple.tes")]
    [InlineData("exa\0mple.tes")]
    [InlineData("exa\r\nple.tes")]
    [InlineData("..example.te")]
    [InlineData("caf\u00e9.example")]
    [InlineData("xn--a.xn--0.")]
    [InlineData("-example-.te")]
    [InlineData("[::1]:443/ab")]
    [InlineData("*.example.te")]
    [InlineData("a_b.example.")]
    public async Task ServerName_NoHostCouldHave_EndsInAFlow(string name)
    {
        var row = RecordedHellos.All.First();
        var hello = Convert.FromBase64String((string)row[3]);
        var at = hello.AsSpan().IndexOf("example.test"u8);
        Encoding.Latin1.GetBytes(name).CopyTo(hello, at);
        await using var server = new RawServer(
            peer => peer.ReadToEndAsync(),
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.Stream.WriteAsync(hello);
        client.Socket.Shutdown(SocketShutdown.Send);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tls, FlowState.Error, FlowStep.ClientTls), (flow.Kind, flow.State, flow.Error!.Step));
    }
}
