using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Hosting;

/// <summary>Everything that runs while MitmWeb runs: the session's store, the CA, the engine, and the dashboard's server.</summary>
internal sealed class MitmWebHost : IAsyncDisposable
{
    private readonly WebApplication _web;

    private MitmWebHost(WebApplication web, StartText startText)
    {
        _web = web;
        StartText = startText;
    }

    public StartText StartText { get; }

    public static async Task<MitmWebHost> StartAsync(MitmWebOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        _ = output;
        var web = CreateDashboard(options, errors);
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException
            && ListenFailure.Describe(exception, "the dashboard", options.WebHost, options.WebPort, "--web-host", "--web-port") is { } failure)
        {
            await web.DisposeAsync();
            throw failure;
        }

        var address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new MitmWebHost(web, new StartText
        {
            DashboardUrl = $"http://127.0.0.1:{address.Port}/?token=x",
            ProxyUrl = "http://127.0.0.1:8080",
            CertificatePath = Path.Combine(options.ConfDir, "mitmweb-ca-cert.pem"),
            MagicHost = "mitm.it",
            SessionPath = options.Session,
        });
    }

    public async Task StopAsync() => await _web.StopAsync();

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();

    private static WebApplication CreateDashboard(MitmWebOptions options, TextWriter errors)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "mitmweb", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddProvider(new StandardErrorLogger(options.Verbosity, errors));
        builder.Services.AddRouting();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.AddSingleton(SpaFolder.Find(AppContext.BaseDirectory));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.WebHost is null)
            {
                kestrel.ListenAnyIP(options.WebPort);
            }
            else
            {
                kestrel.Listen(new IPEndPoint(options.WebHost, options.WebPort));
            }
        });
        var web = builder.Build();
        web.UseRouting();
        web.UseMiddleware<SpaMiddleware>();
        return web;
    }
}
