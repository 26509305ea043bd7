using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>A server that says exactly what a test tells it to say.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public RawServer(Func<RawPeer, Task> serve, SslServerAuthenticationOptions? tls = null, int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _loop = Task.Run(async () =>
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = await _listener.AcceptSocketAsync(_stop.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
                {
                    // Stopped; on a busy machine perhaps before this has begun, and then there is no listener any more.
                    return;
                }

                Connections++;
                _ = Task.Run(async () =>
                {
                    using var owned = socket;
                    try
                    {
                        Stream stream = new NetworkStream(socket);
                        if (tls is not null)
                        {
                            var secure = new SslStream(stream);
                            await secure.AuthenticateAsServerAsync(tls, _stop.Token);
                            stream = secure;
                        }

                        await serve(new RawPeer(stream, socket));
                    }
                    catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
                    {
                        // The test has seen enough.
                    }
                });
            }
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Authority => $"127.0.0.1:{Port}";

    public int Connections { get; private set; }

    /// <summary>A self-signed certificate for that name.</summary>
    public static X509Certificate2 SelfSigned(string name, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        var end = notAfter ?? DateTimeOffset.UtcNow.AddDays(30);
        return request.CreateSelfSigned(end.AddDays(-60), end);
    }

    public static SslServerAuthenticationOptions Tls(X509Certificate2 certificate, params SslApplicationProtocol[] alpn) => new()
    {
        ServerCertificate = certificate,
        ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn],
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }
}
