using System.Globalization;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.SslStrip;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>What every exchange needs of the engine.</summary>
internal sealed partial class ExchangeServices(
    ProxyOptions options, UpstreamPool pool, PassThroughList passThrough, IFlowSink sink, ILocalSite? localSite, TimeProvider time, ILogger logger)
{
    private readonly SslStripEdit _sslStrip = new(options.SslStrip);

    public ProxyOptions Options => options;

    public UpstreamPool Pool => pool;

    public PassThroughList PassThrough => passThrough;

    public ClientRejections Rejections { get; } = new();

    public IFlowSink Sink => sink;

    public ILocalSite? LocalSite => localSite;

    public TimeProvider Time => time;

    /// <summary>Whether MitmWeb is being stopped: what breaks now is not the fault of client or server.</summary>
    public bool IsStopping { get; set; }

    public bool IsMagicHost(string host) => localSite is not null && options.MagicHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    /// <summary>What changes an exchange on its way; null when nothing does.</summary>
    public ExchangeEdit? EditOf(RequestHead request, Destination asked) => _sslStrip.IsFor(request, asked) ? _sslStrip : null;

    public static string UrlOf(Flow flow)
    {
        var host = flow.Host.Contains(':', StringComparison.Ordinal) ? $"[{flow.Host}]" : flow.Host;
        var isDefault = flow.Port == (flow.Scheme is "https" or "wss" ? 443 : 80);
        return string.Create(CultureInfo.InvariantCulture, $"{flow.Scheme}://{host}{(isDefault ? "" : $":{flow.Port}")}{flow.Path}");
    }

    public void LogUnexpected(Exception exception, string url) => Log.Unexpected(logger, exception, url);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An exchange failed in a way that nobody expected: {Url}")]
        public static partial void Unexpected(ILogger logger, Exception exception, string url);
    }
}
