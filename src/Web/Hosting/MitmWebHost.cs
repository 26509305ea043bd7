using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Cli;
using MitmWeb.Web.Filters;

namespace MitmWeb.Web.Hosting;

/// <summary>Everything that runs while MitmWeb runs: the session's store, the CA, the engine, and the dashboard's server.</summary>
internal sealed partial class MitmWebHost : IAsyncDisposable
{
    /// <summary>What has been opened; it is closed in the opposite order.</summary>
    private readonly Stack<object> _parts = [];
    private ProxyServer? _proxy;
    private WebApplication? _dashboard;

    private MitmWebHost()
    {
    }

    /// <summary>What to tell the user.</summary>
    public StartText StartText { get; private set; } = null!;

    /// <summary>Starts everything; when it returns, the proxy and the dashboard answer.</summary>
    /// <exception cref="StartException">It cannot start, and the user can do something about it. Nothing was overwritten.</exception>
    public static async Task<MitmWebHost> StartAsync(MitmWebOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var host = new MitmWebHost();
        try
        {
            await host.OpenAsync(options, output, errors, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes no more clients, ends what runs, and stores all of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_proxy?.StopAsync() ?? Task.CompletedTask, _dashboard?.StopAsync() ?? Task.CompletedTask);
        while (_parts.TryPop(out var part))
        {
            switch (part)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    private async Task OpenAsync(MitmWebOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var socket = Add(DashboardSocket.Open(options.WebHost, options.WebPort));
        var loggers = Add(LoggerFactory.Create(logging => logging.AddProvider(new StandardErrorLogger(options.Verbosity, errors))));
        var authority = Add(OpenAuthority(options));
        var live = Add(OpenStore(options, loggers));
        live.IsRecording = options.Record;
        var store = live.Current;
        var flowsBefore = store.GetStats().Flows;
        var folder = new SessionFolder(options.ConfDir, MitmWebOptions.SessionFileName);
        folder.Begin(store.Session.Path);
        RetentionFile.Attach(options.ConfDir, options.Retention, live, loggers.CreateLogger<RetentionFile>());
        var sessions = Add(new OpenSessions(live, folder, TimeProvider.System));
        IFlowSink sink = options.Verbosity == Verbosity.Verbose ? new RequestLog(live, output, Ink.ForOutput()) : live;
        var magicSite = new MagicSite(authority);
        var proxy = Add(OpenProxy(options, socket, authority, sink, magicSite, loggers));
        PassThroughFile.Attach(options.ConfDir, proxy.PassThrough, loggers.CreateLogger<PassThroughFile>());
        magicSite.Addresses = () => proxy.Listeners[0].Addresses;
        var filters = new SavedFilterLibrary(
            Path.Combine(options.ConfDir, "views.json"), new FilterLanguage { IsCaseSensitive = options.CaseSensitiveFilters });
        var dashboard = Add(DashboardServer.Create(options, socket, live, folder, sessions, authority, proxy, filters, loggers));

        _dashboard = dashboard.Application;
        await _dashboard.StartAsync(cancellationToken);
        _proxy = proxy;
        await proxy.StartAsync(cancellationToken);

        var logger = loggers.CreateLogger<MitmWebHost>();
        foreach (var warning in filters.Problem is { } problem ? authority.Warnings.Append(problem) : authority.Warnings)
        {
            Log.Warning(logger, warning);
        }

        StartText = new StartText
        {
            DashboardUrl = dashboard.Url,
            ProxyUrl = $"http://{proxy.Listeners[0].Addresses[0]}",
            ProxyAddresses = [.. proxy.Listeners[0].Addresses.Skip(1)],
            CertificatePath = authority.CertificatePath,
            MagicHost = new ProxyOptions().MagicHosts[0],
            SessionPath = store.Session.Path,
            SessionFlows = flowsBefore,
            IsRecording = options.Record,
            SslInsecure = options.Engine.SslInsecure,
            SslStrip = [.. options.Engine.SslStrip.Select(target => target.ToString())],
            TlsKeyLog = options.TlsKeyLog,
        };
    }

    private static CertificateAuthority OpenAuthority(MitmWebOptions options)
    {
        try
        {
            return CertificateAuthority.LoadOrCreate(options.ConfDir, options.CaKeyType, TimeProvider.System, options.CaFile, options.Engine.Tls.CertPassphrase);
        }
        catch (CertificateAuthorityException exception)
        {
            throw StartException.From(exception);
        }
    }

    private static LiveStore OpenStore(MitmWebOptions options, ILoggerFactory loggers)
    {
        try
        {
            return LiveStore.Open(options.Session, new FlowStoreOptions { Logger = loggers.CreateLogger<FlowStore>(), BodyIndex = options.BodyIndex });
        }
        catch (SessionFileException exception)
        {
            throw StartException.From(exception);
        }
    }

    private static ProxyServer OpenProxy(
        MitmWebOptions options, DashboardSocket socket, CertificateAuthority authority, IFlowSink sink, MagicSite magicSite, ILoggerFactory loggers)
    {
        var proxyOptions = options.Engine with
        {
            ListenHost = options.ListenHost?.ToString() ?? "",
            ListenPort = options.ListenPort,
            OwnPorts = [socket.EndPoint.Port],
        };
        try
        {
            return new ProxyServer(proxyOptions, authority, sink, magicSite, loggers);
        }
        catch (TlsOptionsException exception)
        {
            throw StartException.From(exception);
        }
        catch (ListenException exception)
        {
            throw ListenFailure.Describe(exception, "the proxy", options.ListenHost, options.ListenPort, "--listen-host", "--listen-port");
        }
    }

    private T Add<T>(T part)
        where T : notnull
    {
        _parts.Push(part);
        return part;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Text}")]
        public static partial void Warning(ILogger logger, string text);
    }
}
