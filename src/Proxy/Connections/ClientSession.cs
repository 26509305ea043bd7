using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.Tls;
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
/// In a tunnel where the client says nothing at first, the server may (<see cref="SilentTunnel"/>).
/// </summary>
internal sealed class ClientSession(ExchangeServices services, ExchangePipeline pipeline, ClientTls clientTls, ClientWatches watches)
{
    /// <summary>A client that closes sooner after its handshake without a word has most likely rejected the certificate.</summary>
    private static readonly TimeSpan UnusedAfter = TimeSpan.FromSeconds(1);

    private static readonly byte[] Established = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    private readonly RawTunnel _raw = new(services);

    /// <summary>Serves the connection until it ends; nothing is thrown.</summary>
    public async Task RunAsync(Socket socket, ClientConnection connection, CancellationToken stopping)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var watch = new ClientWatch(socket, services.Time, gone.Token);
        var network = new SocketStream(socket);
        using var transport = new ClientTransport(new SocketLink(socket, network), network, connection, gone, watch);
        await RunAsync(transport, null);
    }

    private async Task RunAsync(ClientTransport transport, Destination? destination)
    {
        // Whoever waits for the client's bytes is woken up, too.
        await using var closing = transport.Gone.UnsafeRegister(static state => ((ClientTransport)state!).CutOff(), transport);
        watches.Add(transport);
        try
        {
            await (destination is { } tunnel ? ServeTunnelAsync(transport, tunnel) : ServeAsync(transport, null, null));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or SocketException or AuthenticationException)
        {
            // The client is gone; what was under way has been recorded by its exchange.
        }
        finally
        {
            watches.Remove(transport);
        }
    }

    /// <summary>Serves a new tunnel, whoever speaks first in it.</summary>
    private async Task ServeTunnelAsync(ClientTransport transport, Destination destination)
    {
        if (await PassesAsync(transport, destination, null, isLast: false))
        {
            return;
        }

        TunnelServer? server;
        try
        {
            server = await SilentTunnel.WaitAsync(transport, destination, services);
        }
        catch (UpstreamException exception)
        {
            await _raw.RunAsync(transport, destination, null, exception);
            return;
        }

        if (server is { HasSpoken: true })
        {
            await _raw.RunAsync(transport, destination, server);
            return;
        }

        await ServeAsync(transport, destination, null, server);
    }

    /// <param name="transport">The client.</param>
    /// <param name="destination">Where a tunnel leads; null on a proxy port.</param>
    /// <param name="known">A failure to reach the server that is known already.</param>
    /// <param name="server">A connection to the server for the case that it is neither TLS nor HTTP; closed in every other.</param>
    private async Task ServeAsync(ClientTransport transport, Destination? destination, UpstreamException? known, TunnelServer? server = null)
    {
        using var unused = server;
        var protocol = await SniffAsync(transport, destination);
        var isPlain = !transport.IsTls && protocol is not (Protocol.Tls or Protocol.NeedMore);
        if (destination is { } asked && isPlain && await PassesAsync(transport, asked, null, isLast: true, server))
        {
            return;
        }

        if (protocol != Protocol.Unknown)
        {
            server?.Dispose();
        }

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

            case Protocol.Unknown when destination is { } tunnel:
                await _raw.RunAsync(transport, tunnel, server);
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
            await ServeTunnelAsync(transport, tunnel);
            return;
        }

        await transport.CloseAsync();
    }

    private Task ServeHttp2Async(ClientTransport transport, Destination? destination, UpstreamException? known) =>
        new Http2Server(
            transport,
            pipeline,
            services.Options,
            services.Time,
            destination,
            known,
            (stream, server) => ServeTunnelAsync(transport.Connection, stream, server)).RunAsync();

    /// <summary>A tunnel that a client has opened in a stream of its HTTP/2 connection.</summary>
    private async Task ServeTunnelAsync(ClientConnection outer, Http2Stream stream, Destination destination)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stream.Gone);
        var bytes = new Http2TunnelStream(stream);

        // What is inside may have a TLS handshake of its own; the tunnel's neighbours have others.
        var connection = new ClientConnection
        {
            Id = services.Sink.NextConnectionId(),
            OpenedAt = services.Time.GetUtcNow(),
            RemoteEndPoint = outer.RemoteEndPoint,
            LocalEndPoint = outer.LocalEndPoint,
        };
        using var watch = new ClientWatch(null, services.Time, gone.Token);
        using var transport = new ClientTransport(new Http2Link(stream, bytes), bytes, connection, gone, watch);
        await RunAsync(transport, destination);
        if (!transport.IsReset && !stream.IsLocalEnded)
        {
            try
            {
                await bytes.EndSendingAsync();
            }
            catch (IOException)
            {
                // The client has reset it.
            }
        }
    }

    private async Task ServeTlsAsync(ClientTransport transport, Destination? tunnel)
    {
        // 1. What the client wants.
        if (await ReadHelloAsync(transport, tunnel) is not { } hello)
        {
            if (transport.Watch.IsLate)
            {
                return;
            }

            if (tunnel is { } raw)
            {
                await _raw.RunAsync(transport, raw);
            }

            return;
        }

        if (tunnel is { } outer && await PassesAsync(transport, outer, hello.ServerName, isLast: true))
        {
            return;
        }

        var destination = tunnel is { } known ? known with { IsTls = true, ServerName = ServerName(hello, known) } : (Destination?)null;

        // 2. What the server is like, so that the client is shown the same names and offered the same protocols.
        UpstreamException? failure = null;
        UpstreamOutcome? outcome = null;
        var offersHttp2 = hello.Alpn.Contains("h2");
        var mayUseHttp2 = offersHttp2 && services.Options.ClientProtocols != HttpVersions.Http1;
        if (destination is { } wanted && !services.IsMagicHost(wanted.TlsName))
        {
            outcome = services.Pool.Recall(wanted);
            if (services.Options.Tls.ConnectionStrategy == ConnectionStrategy.Eager && (services.Options.Tls.UpstreamCert || mayUseHttp2))
            {
                try
                {
                    outcome = await services.Pool.AskAsync(wanted, mayUseHttp2, transport.Gone);
                }
                catch (UpstreamException exception)
                {
                    // The handshake goes on, so that the first request gets a page that says why.
                    failure = exception;
                    outcome = services.Pool.Recall(wanted);
                }
            }
        }

        var useHttp2 = mayUseHttp2 && destination is not null && services.Options.UpstreamProtocols != HttpVersions.Http1 && outcome?.IsHttp2 != false;

        // 3. The handshake.
        var allowed = services.Options.ClientProtocols;
        var offered = new List<SslApplicationProtocol>();
        if (allowed == HttpVersions.Http2
            ? hello.Alpn.Count > 0
            : useHttp2 || (allowed == HttpVersions.Both && offersHttp2 && destination is not null && !hello.Alpn.Contains("http/1.1")))
        {
            // A client that speaks nothing else (gRPC) gets it, whatever the server speaks: the exchange translates.
            offered.Add(SslApplicationProtocol.Http2);
        }

        if (allowed != HttpVersions.Http2 && (hello.Alpn.Contains("http/1.1") || (allowed == HttpVersions.Http1 && offersHttp2)))
        {
            // To one that speaks HTTP/2 alone and may not, the handshake says that there is no protocol in common (RFC 7301, section 3.2).
            offered.Add(SslApplicationProtocol.Http11);
        }

        if (await HandshakeAsync(transport, hello, destination, outcome?.Subject, offered) is not { } tls)
        {
            return;
        }

        using var secure = transport.Secure(tls);
        var handshakeEnded = services.Time.GetTimestamp();
        TunnelServer? server = null;
        if (hello.Alpn.Count == 0 && destination is { } asked)
        {
            // Clients of protocols in which the server greets first (IMAPS, SMTPS) do not offer any by ALPN.
            try
            {
                server = await SilentTunnel.WaitAsync(secure, asked, services);
            }
            catch (UpstreamException exception)
            {
                await _raw.RunAsync(secure, asked, null, exception);
                return;
            }

            if (server is { HasSpoken: true })
            {
                await _raw.RunAsync(secure, asked, server);
                return;
            }
        }

        using var unused = server;
        var host = hello.ServerName ?? destination?.Host ?? "";
        Exception? rejection = null;
        try
        {
            // With TLS 1.3 a client that does not trust the certificate says so after our side of the handshake is over, or just leaves.
            transport.Watch.Expect(services.Options.ClientIdleTimeout);
            if (await secure.Reader.FillAsync(transport.Watch.Late) == 0)
            {
                if (services.Time.GetElapsedTime(handshakeEnded) > UnusedAfter)
                {
                    return; // Opened ahead and never used, as browsers do.
                }

                if (await IsUsedElsewhereAsync(transport, host))
                {
                    return;
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
            await RecordFailedHandshakeAsync(transport, host, destination, services.Time.GetUtcNow(), handshakeEnded, rejection);
            return;
        }

        // 4. HTTP inside.
        services.PassThrough.Accepted(transport.Connection.RemoteEndPoint.Address, host);
        services.Rejections.Accepted(transport.Connection.RemoteEndPoint.Address, host);
        if (tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
        {
            await ServeHttp2Async(secure, destination, failure);
        }
        else
        {
            await ServeAsync(secure, destination, failure, server);
        }
    }

    private async Task<SslStream?> HandshakeAsync(ClientTransport transport, ClientHello hello, Destination? destination, LeafSubject? upstream, List<SslApplicationProtocol> offered)
    {
        var host = hello.ServerName ?? destination?.Host ?? transport.Connection.LocalEndPoint.Address.ToString();
        var started = services.Time.GetTimestamp();
        var startedAt = services.Time.GetUtcNow();
        var tap = new HandshakeTap(transport.WholeStream);
        var tls = new SslStream(tap, leaveInnerStreamOpen: true);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(transport.Gone);
        limit.CancelAfter(services.Options.HandshakeTimeout);
        var leaf = clientTls.CertificateFor(host, SubjectFor(host, destination, services.Options.Tls.UpstreamCert ? upstream : null, transport));
        try
        {
            await tls.AuthenticateAsServerAsync(
                clientTls.OptionsFor(leaf, offered),
                limit.Token);
            transport.Connection.TlsDuration = (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
            transport.Connection.Tls = tap.Finish(isClient: false).AddTo(hello.Describe() with
            {
                Version = TlsNames.Version(tls.SslProtocol),
                CipherSuite = tls.NegotiatedCipherSuite.ToString(),
                Alpn = tls.NegotiatedApplicationProtocol.Protocol.Length == 0 ? null : tls.NegotiatedApplicationProtocol.ToString(),
                Certificates = Sent(leaf),
                ClientCertificate = tls.RemoteCertificate?.GetRawCertData(),
            });
            return tls;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync();
            if (!services.IsStopping)
            {
                transport.Connection.TlsDuration = (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
                transport.Connection.Tls = tap.Finish(isClient: false).AddTo(hello.Describe() with { Certificates = Sent(leaf) });
                await RecordFailedHandshakeAsync(transport, host, destination, startedAt, started, exception);
            }

            return null;
        }
    }

    /// <summary>
    /// Whether a client that left without a request uses another connection to the same host: browsers open several at once and close
    /// those that they turn out not to need, so the other one may come to its request a moment later.
    /// </summary>
    private async Task<bool> IsUsedElsewhereAsync(ClientTransport transport, string host)
    {
        var client = transport.Connection.RemoteEndPoint.Address;
        if (!services.PassThrough.HasAccepted(client, host))
        {
            try
            {
                await Task.Delay(UnusedAfter, services.Time, transport.Gone);
            }
            catch (OperationCanceledException)
            {
                // MitmWeb stops: what is known now counts.
            }
        }

        return services.PassThrough.HasAccepted(client, host);
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

        var client = transport.Connection.RemoteEndPoint.Address;
        if (exception is not OperationCanceledException)
        {
            services.PassThrough.Rejected(client, host);
        }

        var sink = services.Sink.ForNewFlow();
        var flow = new Flow
        {
            Id = sink.NextFlowId(),
            StartedAt = startedAt,
            Client = transport.Connection,
            Kind = FlowKind.Tls,
            State = FlowState.Error,
            Scheme = "https",
            Host = host,
            Port = destination?.Port ?? transport.Connection.LocalEndPoint.Port,
            Error = ClientTlsErrors.Describe(exception, host, client, transport.Connection.Tls, services.PassThrough.Trusts(client), services.Options),
        };
        flow.Timings.End = (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
        if (exception is not OperationCanceledException)
        {
            services.Rejections.Add(new ClientRejection(
                flow.Id, client, host, flow.Error.Message, transport.Connection.Tls?.ServerHello is not null, services.Time.GetUtcNow()));
        }

        await sink.Ended(flow);
    }

    /// <summary>Passes the connection on unread when a rule says so.</summary>
    /// <param name="transport">The client.</param>
    /// <param name="destination">Where it wants to go.</param>
    /// <param name="serverName">The name in its ClientHello, or null.</param>
    /// <param name="isLast">Whether nothing more will be known of it.</param>
    /// <param name="connected">A connection to the server that stands already.</param>
    /// <returns>Whether it was passed on, and so is over.</returns>
    private async Task<bool> PassesAsync(ClientTransport transport, Destination destination, string? serverName, bool isLast, TunnelServer? connected = null)
    {
        if (services.IsMagicHost(destination.Host) || (serverName is not null && services.IsMagicHost(serverName)))
        {
            return false;
        }

        var reason = await services.PassThrough.ReasonAsync(destination, serverName, transport.Connection.RemoteEndPoint.Address, isLast, transport.Gone);
        if (reason is null)
        {
            return false;
        }

        await _raw.RunAsync(transport, destination, connected, passThroughReason: reason);
        return true;
    }

    private async Task<Protocol> SniffAsync(ClientTransport transport, Destination? destination)
    {
        var watch = transport.Watch;
        var hasBegun = false;
        watch.Expect(services.Options.ClientIdleTimeout);
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
                watch.Relax();
                return protocol;
            }

            if (!hasBegun && transport.Reader.BufferedLength > 0)
            {
                hasBegun = true;
                watch.Expect(services.Options.ClientHeadTimeout);
            }

            int count;
            try
            {
                count = await transport.Reader.FillAsync(watch.Late);
            }
            catch (OperationCanceledException) when (watch.IsLate && hasBegun && !transport.Gone.IsCancellationRequested)
            {
                count = 0; // What has come must do.
            }

            if (count == 0)
            {
                return transport.Reader.BufferedLength == 0 ? Protocol.NeedMore : destination is null ? Protocol.Http1 : Protocol.Unknown;
            }
        }
    }

    private async Task<ClientHello?> ReadHelloAsync(ClientTransport transport, Destination? tunnel)
    {
        var startedAt = services.Time.GetUtcNow();
        var started = services.Time.GetTimestamp();
        transport.Watch.Expect(services.Options.ClientHeadTimeout);
        while (true)
        {
            switch (ClientHello.Read(transport.Reader.BufferedSpan, out var hello))
            {
                case ClientHelloResult.Complete:
                    transport.Watch.Relax();
                    return hello;
                case ClientHelloResult.NotTls:
                    return null;
            }

            try
            {
                if (await transport.Reader.FillAsync(transport.Watch.Late) == 0)
                {
                    return null;
                }
            }
            catch (OperationCanceledException exception) when (transport.Watch.IsLate && !transport.Gone.IsCancellationRequested)
            {
                await RecordFailedHandshakeAsync(transport, tunnel?.Host ?? transport.Connection.LocalEndPoint.Address.ToString(), tunnel, startedAt, started, exception);
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

    private static byte[][] Sent(SslStreamCertificateContext leaf) =>
        [leaf.TargetCertificate.RawData, .. leaf.IntermediateCertificates.Select(certificate => certificate.RawData)];

    /// <summary>The name to ask the server for where it is not the tunnel's own. What can be no name (.NET refuses it) is passed over.</summary>
    private static string? ServerName(ClientHello hello, Destination destination) =>
        hello.ServerName is { } name && !name.Equals(destination.Host, StringComparison.OrdinalIgnoreCase) && Uri.CheckHostName(name) == UriHostNameType.Dns ? name : null;
}
