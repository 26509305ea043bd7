using MitmWeb.Proxy.Tests.Certificates;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

public sealed class CipherListTests
{
    [Theory]
    [InlineData("DEFAULT")]
    [InlineData("ECDHE+AESGCM:!aNULL")]
    [InlineData("HIGH:!kRSA:!PSK:@STRENGTH")]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")]
    public async Task Resolve_OpensslList_MeansWhatOpensslSays(string list)
    {
        var (ok, output) = await Tool.RunAsync("openssl", "ciphers", "-stdname", list);
        Assert.True(ok, output);
        var expected = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);

        Assert.Equal(expected, CipherList.Resolve(list, "--ciphers-client").Select(suite => suite.ToString()));
    }

    [Theory]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256")]
    [InlineData("TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    [InlineData("TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    public void Resolve_IanaNames_AreTakenAsTheyAre(string list, string expected) =>
        Assert.Equal(expected.Split(' '), CipherList.Resolve(list, "--ciphers-client").Select(suite => suite.ToString()));

    [Theory]
    [InlineData("NONSENSE")]
    [InlineData("TLS_NONSENSE")]
    public void Resolve_Nothing_SaysSo(string list)
    {
        var error = Assert.Throws<TlsOptionsException>(() => CipherList.Resolve(list, "--ciphers-client"));

        Assert.Contains("--ciphers-client", error.Message, StringComparison.Ordinal);
        Assert.Contains(list, error.Message, StringComparison.Ordinal);
    }
}
