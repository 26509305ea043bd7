using System.CommandLine;
using System.CommandLine.Parsing;
using MitmWeb.Proxy;
using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Web.Cli;

/// <summary>The options that tell the engine how to treat traffic. Their names are mitmproxy's where it has one.</summary>
internal sealed class EngineOptionSet
{
    private readonly Option<bool> _sslInsecure = new("--ssl-insecure", "-k")
    {
        Description = "Do not verify the certificates of servers",
    };

    private readonly Option<TimeSpan?> _connectTimeout = new("--connect-timeout")
    {
        Description = "How long connecting to a server may take (default: 30)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<TimeSpan?> _firstByteTimeout = new("--first-byte-timeout")
    {
        Description = "How long a server may take to begin its response (default: no limit)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<TimeSpan?> _bodyIdleTimeout = new("--body-idle-timeout")
    {
        Description = "How long a server may pause within a response (default: no limit)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<TimeSpan?> _clientIdleTimeout = new("--client-idle-timeout")
    {
        Description = "How long a client's connection may stay without a request (default: 600)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<TimeSpan?> _clientHeadTimeout = new("--client-head-timeout")
    {
        Description = "How long a client may take to send a request's head (default: 60)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<TimeSpan?> _upstreamIdleTimeout = new("--upstream-idle-timeout")
    {
        Description = "How long unused connections to servers are kept (default: 60)",
        HelpName = "seconds",
        CustomParser = OptionParsers.Seconds,
    };

    private readonly Option<int?> _upstreamMaxIdle = new("--upstream-max-idle")
    {
        Description = "How many unused connections to servers are kept; 0 keeps none (default: 1024, 128 of them to one server)",
        HelpName = "number",
        CustomParser = result => OptionParsers.Count(result, 0),
    };

    private readonly Option<int?> _upstreamMaxPerServer = new("--upstream-max-per-server")
    {
        Description = "How many HTTP/1.1 requests may run with one server at a time; others wait (default: no limit)",
        HelpName = "number",
        CustomParser = result => OptionParsers.Count(result, 1),
    };

    private readonly Option<long?> _bodySizeLimit = new("--body-size-limit")
    {
        Description = "Longest body that passes, as 500k, 10m or 2g (default: no limit)",
        HelpName = "size",
        CustomParser = OptionParsers.Size,
    };

    private readonly Option<bool> _noValidate = new("--no-validate-inbound-headers")
    {
        Description = "Let messages pass that two readers could understand in two ways (request smuggling): for security tests",
    };

    private readonly Option<HttpVersions?> _clientProtocols = new("--client-protocols")
    {
        Description = "Versions of HTTP that clients may speak: http1, http2 or both (default: both)",
        HelpName = "http1|http2|both",
        CustomParser = OptionParsers.Protocols,
    };

    private readonly Option<HttpVersions?> _upstreamProtocols = new("--upstream-protocols")
    {
        Description = "Versions of HTTP that servers are spoken to in: http1, http2 or both (default: both)",
        HelpName = "http1|http2|both",
        CustomParser = OptionParsers.Protocols,
    };

    private readonly Option<bool> _noHttp2 = new("--no-http2")
    {
        Description = "Speak HTTP/1.1 alone, with clients and with servers",
    };

    private readonly Option<bool> _upstreamPerClient = new("--upstream-per-client")
    {
        Description = "Give each client connection server connections of its own (HTTP/1.1)",
    };

    private readonly Option<string[]> _ignoreHosts = new("--ignore-hosts")
    {
        Description = "Pass connections through unread whose host:port matches; may be given several times",
        HelpName = "regex",
        CustomParser = OptionParsers.Patterns,
    };

    private readonly Option<string[]> _allowHosts = new("--allow-hosts")
    {
        Description = "Intercept only connections whose host:port matches, pass all others through; may be given several times",
        HelpName = "regex",
        CustomParser = OptionParsers.Patterns,
    };

    private readonly Option<bool> _hideIgnoredHosts = new("--no-show-ignored-hosts")
    {
        Description = "Do not list the connections that are passed through",
    };

    private readonly Option<int?> _passThroughAfter = new("--pass-through-after")
    {
        Description = "Pass a host through for a client that has rejected its certificate so often (default: never)",
        HelpName = "number",
        CustomParser = result => OptionParsers.Count(result, 1),
    };

    private readonly Option<SslStripTarget[]> _sslStrip = new("--ssl-strip")
    {
        Description = "Test whether a host withstands SSL stripping: keep https from clients that come to it over http (host, *.host or host:port; may be given more than once)",
        HelpName = "host",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = OptionParsers.SslStripTargets,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _sslInsecure, _connectTimeout, _firstByteTimeout, _bodyIdleTimeout, _clientIdleTimeout, _clientHeadTimeout, _bodySizeLimit, _noValidate,
            _clientProtocols, _upstreamProtocols, _noHttp2, _upstreamPerClient, _upstreamIdleTimeout, _upstreamMaxIdle, _upstreamMaxPerServer,
            _ignoreHosts, _allowHosts, _hideIgnoredHosts, _passThroughAfter, _sslStrip,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for; where nothing was, the engine's own defaults stay.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Read(ParseResult parsed, out ProxyOptions options)
    {
        options = new ProxyOptions();
        var noHttp2 = parsed.GetValue(_noHttp2);
        var clientProtocols = parsed.GetValue(_clientProtocols);
        var upstreamProtocols = parsed.GetValue(_upstreamProtocols);
        foreach (var (name, value) in new[] { ("--client-protocols", clientProtocols), ("--upstream-protocols", upstreamProtocols) })
        {
            if (noHttp2 && value is (HttpVersions.Http2 or HttpVersions.Both))
            {
                return $"--no-http2 and {name} {(value == HttpVersions.Http2 ? "http2" : "both")} contradict each other";
            }
        }

        options = options with
        {
            SslInsecure = parsed.GetValue(_sslInsecure),
            ConnectTimeout = parsed.GetValue(_connectTimeout) ?? options.ConnectTimeout,
            FirstByteTimeout = parsed.GetValue(_firstByteTimeout),
            BodyIdleTimeout = parsed.GetValue(_bodyIdleTimeout),
            ClientIdleTimeout = parsed.GetValue(_clientIdleTimeout) ?? options.ClientIdleTimeout,
            ClientHeadTimeout = parsed.GetValue(_clientHeadTimeout) ?? options.ClientHeadTimeout,
            IdleTimeout = parsed.GetValue(_upstreamIdleTimeout) ?? options.IdleTimeout,
            MaxIdleConnections = parsed.GetValue(_upstreamMaxIdle) ?? options.MaxIdleConnections,
            MaxExchangesPerServer = parsed.GetValue(_upstreamMaxPerServer),
            BodySizeLimit = parsed.GetValue(_bodySizeLimit),
            UpstreamPerClient = parsed.GetValue(_upstreamPerClient),
            ValidateInboundHeaders = !parsed.GetValue(_noValidate),
            ClientProtocols = clientProtocols ?? (noHttp2 ? HttpVersions.Http1 : HttpVersions.Both),
            UpstreamProtocols = upstreamProtocols ?? (noHttp2 ? HttpVersions.Http1 : HttpVersions.Both),
            IgnoreHosts = parsed.GetValue(_ignoreHosts) ?? [],
            AllowHosts = parsed.GetValue(_allowHosts) ?? [],
            ShowIgnoredHosts = !parsed.GetValue(_hideIgnoredHosts),
            PassThroughAfter = parsed.GetValue(_passThroughAfter),
            SslStrip = parsed.GetValue(_sslStrip) ?? [],
        };
        return null;
    }
}
