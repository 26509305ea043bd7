using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// A client's connection from its first byte to its end:
/// <code>
///   accept ─▶ sniff ─┬─ HTTP/1 ─▶ Http1Server ─┬─ requests in absolute-form ─▶ exchanges
///                    │                         └─ CONNECT ─▶ 200 ─▶ sniff again:
///                    ├─ TLS ─▶ ask the server first (eager) ─▶ handshake ─▶ HTTP/2 or HTTP/1 with that destination
///                    ├─ HTTP/2 without TLS ─▶ Http2Server
///                    └─ anything else in a tunnel ─▶ passed on unread
/// </code>
/// </summary>
internal sealed class ClientSession(ExchangeServices services, ExchangePipeline pipeline, ClientTls clientTls)
{
    /// <summary>A client that closes sooner after its handshake without a word has most likely rejected the certificate.</summary>
    private static readonly TimeSpan UnusedAfter = TimeSpan.FromSeconds(1);

    private static readonly byte[] Established = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    /// <summary>Serves the connection until it ends; nothing is thrown.</summary>
    public async Task RunAsync(Socket socket, ClientConnection connection, CancellationToken stopping)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var transport = new ClientTransport(socket, new NetworkStream(socket, ownsSocket: true), connection, gone);

        // Whoever waits for the client's socket is woken up, too.
        await using var closing = gone.Token.UnsafeRegister(static state => ((ClientTransport)state!).Reset(), transport);
        try
        {
            await ServeAsync(transport, null, null);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or SocketException or AuthenticationException)
        {
            // The client is gone; what was under way has been recorded by its exchange.
        }
    }

    private async Task ServeAsync(ClientTransport transport, Destination? destination, UpstreamException? known)
    {
        var protocol = await SniffAsync(transport, destination);
        switch (protocol)
        {
            case Protocol.Tls:
                await ServeTlsAsync(transport, destination);
                break;

            case Protocol.Http2:
                await ServeHttp2Async(transport, destination, known);
                break;

            case Protocol.Http1:
                await ServeHttp1Async(transport, destination, known);
                break;

            case Protocol.Unknown when destination is { } server:
                await PassThroughAsync(transport, server);
                break;
        }
    }

    private async Task ServeHttp1Async(ClientTransport transport, Destination? destination, UpstreamException? known)
    {
        using var server = new Http1Server(transport, pipeline, services.Options);
        var asked = await server.RunAsync(destination, known);
        if (asked is { } tunnel)
        {
            await transport.Writer.WriteAsync(Established, transport.Gone);
            await transport.Writer.FlushAsync(transport.Gone);
            await ServeAsync(transport, tunnel, null);
            return;
        }

        await transport.CloseAsync();
    }

    private Task ServeHttp2Async(ClientTransport transport, Destination? destination, UpstreamException? known) =>
        new Http2Server(transport, pipeline, services.Options, services.Time, destination, known).RunAsync();

    private async Task ServeTlsAsync(ClientTransport transport, Destination? tunnel)
    {
        // 1. What the client wants.
        if (await ReadHelloAsync(transport) is not { } hello)
        {
            if (tunnel is { } raw)
            {
                await PassThroughAsync(transport, raw);
            }

            return;
        }

        var destination = tunnel is { } known ? known with { IsTls = true, ServerName = ServerName(hello, known) } : (Destination?)null;

        // 2. What the server is like, so that the client is shown the same names and offered the same protocols.
        UpstreamException? failure = null;
        UpstreamOutcome? outcome = null;
        var offersHttp2 = hello.Alpn.Contains("h2");
        if (destination is { } server && !services.IsMagicHost(server.TlsName))
        {
            outcome = services.Pool.Recall(server);
            if (services.Options.Tls.ConnectionStrategy == ConnectionStrategy.Eager && (services.Options.Tls.UpstreamCert || offersHttp2))
            {
                try
                {
                    outcome = await services.Pool.AskAsync(server, offersHttp2, transport.Gone);
                }
                catch (UpstreamException exception)
                {
                    // The handshake goes on, so that the first request gets a page that says why.
                    failure = exception;
                    outcome = services.Pool.Recall(server);
                }
            }
        }

        var useHttp2 = offersHttp2 && destination is not null && outcome?.IsHttp2 != false;

        // 3. The handshake.
        var offered = new List<SslApplicationProtocol>();
        if (useHttp2 || (offersHttp2 && destination is not null && !hello.Alpn.Contains("http/1.1")))
        {
            // A client that speaks nothing else (gRPC) gets it, whatever the server speaks: the exchange translates.
            offered.Add(SslApplicationProtocol.Http2);
        }

        if (hello.Alpn.Contains("http/1.1"))
        {
            offered.Add(SslApplicationProtocol.Http11);
        }

        if (await HandshakeAsync(transport, hello, destination, outcome?.Subject, offered) is not { } tls)
        {
            return;
        }

        using var secure = transport.Secure(tls);
        var handshakeEnded = services.Time.GetTimestamp();
        Exception? rejection = null;
        try
        {
            // With TLS 1.3 a client that does not trust the certificate says so after our side of the handshake is over, or just leaves.
            if (await secure.Reader.FillAsync(transport.Gone) == 0)
            {
                if (services.Time.GetElapsedTime(handshakeEnded) > UnusedAfter)
                {
                    return; // Opened ahead and never used, as browsers do.
                }

                rejection = new IOException("The connection was closed right after the handshake, before a request.");
            }
        }
        catch (IOException exception) when (!services.IsStopping)
        {
            rejection = exception;
        }

        if (rejection is not null)
        {
            await RecordFailedHandshakeAsync(transport, hello.ServerName ?? destination?.Host ?? "", destination, services.Time.GetUtcNow(), handshakeEnded, rejection);
            return;
        }

        // 4. HTTP inside.
        if (tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
        {
            await ServeHttp2Async(secure, destination, failure);
        }
        else
        {
            await ServeAsync(secure, destination, failure);
        }
    }

    private async Task<SslStream?> HandshakeAsync(ClientTransport transport, ClientHello hello, Destination? destination, LeafSubject? upstream, List<SslApplicationProtocol> offered)
    {
        var host = hello.ServerName ?? destination?.Host ?? transport.Connection.LocalEndPoint.Address.ToString();
        var started = services.Time.GetTimestamp();
        var startedAt = services.Time.GetUtcNow();
        var tls = new SslStream(transport.WholeStream, leaveInnerStreamOpen: true);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(transport.Gone);
        limit.CancelAfter(services.Options.HandshakeTimeout);
        var leaf = clientTls.CertificateFor(host, SubjectFor(host, destination, services.Options.Tls.UpstreamCert ? upstream : null, transport));
        try
        {
            await tls.AuthenticateAsServerAsync(
                clientTls.OptionsFor(leaf, offered),
                limit.Token);
            transport.Connection.Tls = Describe(hello) with
            {
                Version = TlsNames.Version(tls.SslProtocol),
                CipherSuite = tls.NegotiatedCipherSuite.ToString(),
                Alpn = tls.NegotiatedApplicationProtocol.Protocol.Length == 0 ? null : tls.NegotiatedApplicationProtocol.ToString(),
                Certificates = [leaf.TargetCertificate.RawData, .. leaf.IntermediateCertificates.Select(static one => one.RawData)],
                ClientCertificate = tls.RemoteCertificate?.GetRawCertData(),
            };
            return tls;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync();
            if (!services.IsStopping)
            {
                transport.Connection.Tls = Describe(hello) with { Certificates = [leaf.TargetCertificate.RawData] };
                await RecordFailedHandshakeAsync(transport, host, destination, startedAt, started, exception);
            }

            return null;
        }
    }

    private async Task RecordFailedHandshakeAsync(
        ClientTransport transport,
        string host,
        Destination? destination,
        DateTimeOffset startedAt,
        long started,
        Exception exception)
    {
        if (services.IsMagicHost(host))
        {
            return; // The set-up page tries on purpose whether the browser trusts the CA.
        }

        var flow = new Flow
        {
            Id = services.Sink.NextFlowId(),
            StartedAt = startedAt,
            Client = transport.Connection,
            Kind = FlowKind.Tls,
            State = FlowState.Error,
            Scheme = "https",
            Host = host,
            Port = destination?.Port ?? transport.Connection.LocalEndPoint.Port,
            Error = ClientTlsErrors.Describe(exception, host, transport.Connection.RemoteEndPoint.Address),
        };
        flow.Timings.End = (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
        await services.Sink.Ended(flow);
    }

    /// <summary>A tunnel that holds neither TLS nor HTTP: its bytes are passed on unread, and recorded.</summary>
    private async Task PassThroughAsync(ClientTransport transport, Destination destination)
    {
        var started = services.Time.GetTimestamp();
        long Elapsed() => (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
        var flow = new Flow
        {
            Id = services.Sink.NextFlowId(),
            StartedAt = services.Time.GetUtcNow(),
            Client = transport.Connection,
            Kind = FlowKind.Tcp,
            Scheme = "tcp",
            Host = destination.Host,
            Port = destination.Port,
        };
        await services.Sink.Changed(flow, CancellationToken.None);
        try
        {
            using var server = await services.Pool.ConnectRawAsync(destination, transport.Gone);
            flow.Server = server.Connection;
            flow.State = FlowState.Streaming;
            using var turn = new SemaphoreSlim(1);
            var failure = await TunnelRelay.RunAsync(transport.AsTunnelEnd(), server.AsTunnelEnd(), RecordAsync, transport.Gone);
            flow.Error = services.IsStopping
                ? new FlowError(FlowStep.Proxy, "MitmWeb was stopped before this connection had ended.")
                : failure is null ? null : new FlowError(FlowStep.Response, "The connection was broken off without an orderly end.", failure.Message);

            async ValueTask RecordAsync(bool isFromClient, ReadOnlyMemory<byte> data)
            {
                await turn.WaitAsync();
                try
                {
                    flow.RequestBodySize += isFromClient ? data.Length : 0;
                    flow.ResponseBodySize += isFromClient ? 0 : data.Length;
                    await services.Sink.AppendBody(flow, isFromClient ? MessageSide.Request : MessageSide.Response, data, CancellationToken.None);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (UpstreamException exception)
        {
            flow.Server = exception.Connection;
            flow.Error = exception.Error;
        }
        catch (Exception exception)
        {
            // Whatever it was, the flow has an end.
            flow.Error = services.IsStopping
                ? new FlowError(FlowStep.Proxy, "MitmWeb was stopped before this connection had ended.")
                : new FlowError(FlowStep.Connect, "The client closed the connection before the server was reached.", exception.Message);
        }

        flow.State = flow.Error is null ? FlowState.Done : FlowState.Error;
        flow.Timings.End = Elapsed();
        await services.Sink.Ended(flow);
    }

    private static async Task<Protocol> SniffAsync(ClientTransport transport, Destination? destination)
    {
        while (true)
        {
            var protocol = ProtocolSniffer.Detect(transport.Reader.BufferedSpan);
            if (protocol == Protocol.Unknown && destination is null)
            {
                // A proxy port speaks HTTP: what is no HTTP gets an answer that says so.
                protocol = Protocol.Http1;
            }

            if (protocol != Protocol.NeedMore)
            {
                return protocol;
            }

            if (await transport.Reader.FillAsync(transport.Gone) == 0)
            {
                return transport.Reader.BufferedLength == 0 ? Protocol.NeedMore : destination is null ? Protocol.Http1 : Protocol.Unknown;
            }
        }
    }

    private static async Task<ClientHello?> ReadHelloAsync(ClientTransport transport)
    {
        while (true)
        {
            switch (ClientHello.Read(transport.Reader.BufferedSpan, out var hello))
            {
                case ClientHelloResult.Complete:
                    return hello;
                case ClientHelloResult.NotTls:
                    return null;
            }

            if (await transport.Reader.FillAsync(transport.Gone) == 0)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// The names for the leaf certificate: those of the server's own, the name and the address that the client asked for. A server name
    /// that cannot be a host (a client may send anything) is passed over.
    /// </summary>
    private static LeafSubject SubjectFor(string host, Destination? destination, LeafSubject? upstream, ClientTransport transport)
    {
        var subject = (upstream ?? new LeafSubject()).With([host, destination?.Host ?? ""]);
        return subject.DnsNames.Count + subject.Addresses.Count > 0 ? subject : subject.With([transport.Connection.LocalEndPoint.Address.ToString()]);
    }

    private static TlsDetails Describe(ClientHello hello) => new() { Sni = hello.ServerName, AlpnOffered = hello.Alpn };

    /// <summary>The name to ask the server for where it is not the tunnel's own. What can be no name (.NET refuses it) is passed over.</summary>
    private static string? ServerName(ClientHello hello, Destination destination) =>
        hello.ServerName is { } name && !name.Equals(destination.Host, StringComparison.OrdinalIgnoreCase) && Uri.CheckHostName(name) == UriHostNameType.Dns ? name : null;
}
