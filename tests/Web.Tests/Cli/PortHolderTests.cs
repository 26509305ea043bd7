using System.Net;
using System.Net.Sockets;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Tests.Cli;

public sealed class PortHolderTests
{
    [Fact]
    public void ReadListeners_TakesListenersOfThatPortOnly()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0",
            "   1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0",
            "   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0",
        ];

        Assert.Equal(["socket:[4711]"], PortHolder.ReadListeners(lines, 8080));
    }

    [Fact]
    public void Find_OwnListener_IsThisProcess()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var holder = PortHolder.Find(((IPEndPoint)listener.LocalEndpoint).Port);

        if (OperatingSystem.IsLinux())
        {
            Assert.EndsWith($"(process {Environment.ProcessId})", holder, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(holder);
        }
    }
}
