using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Tests.Flows;

public sealed class FlowTimingsTests
{
    [Theory]
    [InlineData(null, null, null, null, 40, 40)]
    [InlineData(5, 10, 20, 30, 40, 5)]
    [InlineData(null, 10, 20, null, 40, 10)]
    [InlineData(-9, -8, -7, -6, 40, 40)]
    [InlineData(-9, -8, 7, 8, 40, 0)]
    [InlineData(12, 20, null, null, 40, 12)]
    public void EndBlocked_WhenThingsBegan_IsTheTimeBeforeTheFirstForThisRequest(int? dns, int? connect, int? connected, int? tlsEnd, int now, int expected)
    {
        var timings = new FlowTimings { DnsStart = dns, ConnectStart = connect, ConnectEnd = connected, TlsEnd = tlsEnd };

        timings.EndBlocked(now);

        Assert.Equal(expected, timings.Blocked);
    }
}
