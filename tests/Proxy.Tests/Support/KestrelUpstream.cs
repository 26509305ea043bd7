using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>A well-behaved server with TLS and the protocols asked for.</summary>
internal sealed class KestrelUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelUpstream(WebApplication app) => _app = app;

    public int Port { get; private set; }

    public string Url => $"https://localhost:{Port}";

    public static async Task<KestrelUpstream> StartAsync(HttpProtocols protocols)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                listen.UseHttps(RawServer.SelfSigned("localhost"));
            });
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(ServeAsync);
        await app.StartAsync();
        return new KestrelUpstream(app) { Port = new Uri(app.Urls.First()).Port };
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/protocol":
                await response.WriteAsync(context.Request.Protocol);
                break;
            case "/echo":
                response.ContentLength = context.Request.ContentLength;
                await context.Request.Body.CopyToAsync(response.Body);
                break;
            case "/hash":
                await response.WriteAsync(Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(context.Request.Body)));
                break;
            case "/random":
                // The same bytes for the same seed.
                var random = new byte[int.Parse(context.Request.Query["n"]!, System.Globalization.CultureInfo.InvariantCulture)];
                new Random(7).NextBytes(random);
                await response.Body.WriteAsync(random);
                break;
            case "/headers":
                foreach (var (name, values) in context.Request.Headers)
                {
                    foreach (var value in values)
                    {
                        await response.WriteAsync($"{name}: {value}\n");
                    }
                }

                break;
            case "/trailers":
                response.DeclareTrailer("X-Sum");
                await response.WriteAsync("body");
                response.AppendTrailer("X-Sum", "42");
                break;
            case "/big":
                var left = long.Parse(context.Request.Query["n"]!, System.Globalization.CultureInfo.InvariantCulture);
                response.ContentLength = left;
                var buffer = new byte[64 * 1024];
                while (left > 0)
                {
                    var count = (int)Math.Min(left, buffer.Length);
                    await response.Body.WriteAsync(buffer.AsMemory(0, count));
                    left -= count;
                }

                break;
            case "/duplex":
                // Answers before the request is complete, line by line (as gRPC does).
                context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
                await response.StartAsync();
                await response.Body.FlushAsync();
                using (var reader = new StreamReader(context.Request.Body))
                {
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        await response.WriteAsync($"got {line}\n");
                        await response.Body.FlushAsync();
                    }
                }

                response.AppendTrailer("grpc-status", "0");
                break;
            case "/reset":
                await response.WriteAsync("some");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "/ws":
                using (var socket = await context.WebSockets.AcceptWebSocketAsync())
                {
                    var bytes = new byte[64 * 1024];
                    while (true)
                    {
                        var message = await socket.ReceiveAsync(bytes, context.RequestAborted);
                        if (message.MessageType == WebSocketMessageType.Close)
                        {
                            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
                            break;
                        }

                        await socket.SendAsync(bytes.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, default);
                    }
                }

                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }
}
