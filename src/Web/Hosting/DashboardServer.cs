using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;
using MitmWeb.Web.Cli;
using MitmWeb.Web.Security;
using MitmWeb.Web.Setup;

namespace MitmWeb.Web.Hosting;

/// <summary>The dashboard's server: its pages, the API and the hub. It takes nothing from configuration files or the environment.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>How long requests of the dashboard may take to end when MitmWeb ends.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(500);

    private DashboardServer(WebApplication application, string url)
    {
        Application = application;
        Url = url;
    }

    public WebApplication Application { get; }

    /// <summary>The address that opens the dashboard, with the token in it.</summary>
    public string Url { get; }

    public static DashboardServer Create(
        MitmWebOptions options,
        DashboardSocket socket,
        LiveStore live,
        SessionFolder folder,
        OpenSessions sessions,
        CertificateAuthority authority,
        ProxyServer proxy,
        ILoggerFactory loggers)
    {
        var token = options.WebPassword ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "mitmweb", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(SpaFolder.Find(AppContext.BaseDirectory));
        builder.Services.AddSingleton(live);
        builder.Services.AddSingleton(folder);
        builder.Services.AddSingleton(sessions);
        builder.Services.AddSingleton(authority);
        builder.Services.AddSingleton(proxy.PassThrough);
        builder.Services.AddSingleton<IStateSource>(_ => new StateSource(proxy, authority, live, folder, socket.Url));
        builder.Services.AddSingleton<Func<IReadOnlyList<string>>>(() => proxy.Listeners[0].Addresses);
        builder.Services.AddMitmWebSecurity(token);
        builder.Services.AddMitmWebApi();
        builder.Services.AddRouting();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = _ => socket.Socket);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(socket.EndPoint);
        });

        var application = builder.Build();
        application.UseMitmWebSecurity();
        application.UseRouting();
        application.UseMiddleware<SpaMiddleware>();
        application.MapSetup();
        application.MapMitmWebApi();
        return new DashboardServer(application, $"{socket.Url}?token={Uri.EscapeDataString(token)}");
    }

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}
