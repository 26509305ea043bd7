using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Opens connections to servers: name look-up, TCP, TLS. Each step's time is kept, and each failure says which step it was.</summary>
internal sealed class UpstreamConnector(ProxyOptions options, IFlowSink sink, TimeProvider time)
{
    /// <summary>How long the first address may take before the next is tried beside it (RFC 8305, section 5).</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    private readonly UpstreamTls _tls = new(options, time);

    /// <summary>The destination with the certificate that MitmWeb shows there, as the files are now.</summary>
    public Destination Identify(Destination destination) => _tls.Identify(destination);

    /// <summary>Connects.</summary>
    /// <param name="destination">Where to, with what <see cref="Identify"/> has added.</param>
    /// <param name="alpn">The application protocols to offer; none for a connection without ALPN.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamException">It failed; the exception says at which step and why.</exception>
    public async Task<UpstreamChannel> ConnectAsync(Destination destination, IReadOnlyList<SslApplicationProtocol> alpn, CancellationToken cancellationToken)
    {
        var timeline = new ConnectTimeline();
        var connection = new ServerConnection
        {
            Id = sink.NextConnectionId(),
            Host = destination.Host,
            Port = destination.Port,
            OpenedAt = time.GetUtcNow(),
        };

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        Socket? socket = null;
        try
        {
            // 1. The name.
            connection.Addresses = await ResolveAsync(destination, connection, timeline, timeout.Token);

            // 2. TCP.
            timeline.ConnectStart = time.GetTimestamp();
            socket = await ConnectAsync(destination, connection.Addresses, timeout.Token);
            timeline.ConnectEnd = time.GetTimestamp();
            connection.ConnectDuration = Micros(timeline.ConnectStart, timeline.ConnectEnd);
            connection.RemoteEndPoint = (IPEndPoint)socket.RemoteEndPoint!;
            connection.LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
            var network = new SocketStream(socket);
            if (!destination.IsTls)
            {
                return new UpstreamChannel(socket, network, network, connection, timeline);
            }

            // 3. TLS.
            timeline.TlsStart = time.GetTimestamp();
            var tls = await HandshakeAsync(destination, network, connection, alpn, timeout.Token);
            timeline.TlsEnd = time.GetTimestamp();
            connection.TlsDuration = Micros(timeline.TlsStart, timeline.TlsEnd);
            return new UpstreamChannel(socket, network, tls, connection, timeline);
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            if (timeline is { TlsStart: > 0, TlsEnd: 0 })
            {
                connection.TlsDuration = Micros(timeline.TlsStart, time.GetTimestamp());
            }

            var error = exception switch
            {
                FlowErrorException known => known.Error,
                OperationCanceledException when !cancellationToken.IsCancellationRequested => TimedOut(destination, timeline),
                _ => null,
            };
            if (error is null)
            {
                throw;
            }

            throw new UpstreamException(error, exception) { Connection = connection, Timeline = timeline };
        }
    }

    private async Task<IPAddress[]> ResolveAsync(Destination destination, ServerConnection connection, ConnectTimeline timeline, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(destination.Host, out var literal))
        {
            return [literal];
        }

        timeline.DnsStart = time.GetTimestamp();
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(destination.Host, cancellationToken);
            connection.DnsDuration = Micros(timeline.DnsStart, time.GetTimestamp());
            return addresses.Length > 0 ? addresses : throw new FlowErrorException(UpstreamErrors.Dns(destination.Host, new SocketException((int)SocketError.NoData)));
        }
        catch (SocketException exception)
        {
            throw new FlowErrorException(UpstreamErrors.Dns(destination.Host, exception));
        }
        catch (ArgumentException exception)
        {
            // Longer than a name may be (RFC 1035, section 2.3.4), or empty labels.
            throw new FlowErrorException(new FlowError(FlowStep.Dns, $"'{destination.Host}' cannot be a host name.", exception.Message, "Check the spelling."));
        }
    }

    private async Task<Socket> ConnectAsync(Destination destination, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Socket>>();
        Exception? failure = null;
        var next = 0;
        while (next < addresses.Count || running.Count > 0)
        {
            if (next < addresses.Count)
            {
                running.Add(ConnectOneAsync(destination, addresses[next++], others.Token));
            }

            // Waits for one to end; while there are more addresses, not longer than the delay.
            var any = Task.WhenAny(running);
            if (next < addresses.Count)
            {
                await Task.WhenAny(any, Task.Delay(AttemptDelay, time, others.Token));
                if (!any.IsCompleted)
                {
                    continue;
                }
            }

            var ended = await any;
            running.Remove(ended);
            try
            {
                var socket = await ended;
                await GiveUpAsync();
                return socket;
            }
            catch (SocketException exception)
            {
                failure ??= exception;
            }
            catch
            {
                await GiveUpAsync();
                throw;
            }
        }

        throw new FlowErrorException(UpstreamErrors.Connect(destination, failure!));

        async Task GiveUpAsync()
        {
            await others.CancelAsync();
            foreach (var late in running)
            {
                _ = late.ContinueWith(static task => task.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
                _ = late.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
            }
        }
    }

    private async Task<Socket> ConnectOneAsync(Destination destination, IPAddress address, CancellationToken cancellationToken)
    {
        if (options.IsOwnEndPoint(address, destination.Port))
        {
            throw new FlowErrorException(UpstreamErrors.OwnPort(destination));
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, destination.Port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> HandshakeAsync(
        Destination destination,
        SocketStream network,
        ServerConnection connection,
        IReadOnlyList<SslApplicationProtocol> alpn,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<byte[]> certificates = [];
        CertificateProblem? problem = null;
        CertificateVerification? verification = null;
        var isAccepted = true;
        var tap = new HandshakeTap(network);
        var tls = new SslStream(tap, leaveInnerStreamOpen: false);
        var showsCertificate = false;
        try
        {
            var settings = _tls.OptionsFor(destination, alpn, (_, sent, chain, errors) =>
            {
                var certificate = sent as X509Certificate2;
                certificates = AsSent(certificate, chain);
                connection.Subject = certificate is null ? null : LeafSubject.ForUpstream(certificate);
                using var again = _tls.CheckAgain(certificate, chain, ref errors);
                (problem, isAccepted, var rule) = _tls.Verification.Check(destination.TlsName, certificate, again ?? chain, errors);
                verification = CertificateCheck.Of(errors, again ?? chain, rule);
                return isAccepted;
            });
            showsCertificate = settings.ClientCertificateContext is not null;
            await tls.AuthenticateAsClientAsync(settings, cancellationToken);
            connection.Tls = tap.Finish(isClient: true).AddTo(Describe(tls, destination, alpn, certificates, problem?.Text) with { Verification = verification });
            return tls;
        }
        catch (TlsOptionsException exception)
        {
            await tls.DisposeAsync();
            throw new FlowErrorException(new FlowError(FlowStep.ServerTls, exception.Message, "", "Put the file right; it is read again for the next connection."));
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync();
            var facts = tap.Finish(isClient: true);
            connection.Tls = facts.AddTo(new TlsDetails
            {
                Sni = IPAddress.TryParse(destination.TlsName, out _) ? null : destination.TlsName,
                AlpnOffered = [.. alpn.Select(protocol => protocol.ToString())],
                Certificates = certificates,
                CertificateError = problem?.Text,
                Verification = verification,
            });
            connection.Subject ??= SubjectOf(connection.Tls.Certificates);
            if (exception is OperationCanceledException)
            {
                throw;
            }

            throw new FlowErrorException(!isAccepted && problem is not null
                ? UpstreamErrors.Untrusted(destination, problem)
                : UpstreamErrors.Tls(destination, exception, facts.WantsClientCertificate, showsCertificate));
        }
    }

    private static TlsDetails Describe(SslStream tls, Destination destination, IReadOnlyList<SslApplicationProtocol> alpn, IReadOnlyList<byte[]> certificates, string? error) => new()
    {
        Version = TlsNames.Version(tls.SslProtocol),
        CipherSuite = tls.NegotiatedCipherSuite.ToString(),
        Alpn = tls.NegotiatedApplicationProtocol.Protocol.Length == 0 ? null : tls.NegotiatedApplicationProtocol.ToString(),
        AlpnOffered = [.. alpn.Select(protocol => protocol.ToString())],
        Sni = IPAddress.TryParse(destination.TlsName, out _) ? null : destination.TlsName,
        Certificates = certificates,
        ClientCertificate = tls.LocalCertificate?.GetRawCertData(),
        CertificateError = error,
    };

    /// <summary>Whom the certificate is for of a server with which the handshake failed before .NET would show it.</summary>
    private static LeafSubject? SubjectOf(IReadOnlyList<byte[]> certificates)
    {
        if (certificates is not [var own, ..])
        {
            return null;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(own);
            return LeafSubject.ForUpstream(certificate);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The certificates that the server sent: its own, and what it sent along to link it to a CA.</summary>
    private static List<byte[]> AsSent(X509Certificate? certificate, X509Chain? chain)
    {
        var sent = new List<byte[]>();
        if (certificate is not null)
        {
            sent.Add(certificate.GetRawCertData());
        }

        foreach (var extra in chain?.ChainPolicy.ExtraStore ?? [])
        {
            if (!sent.Exists(one => one.AsSpan().SequenceEqual(extra.RawData)))
            {
                sent.Add(extra.RawData);
            }
        }

        return sent;
    }

    private FlowError TimedOut(Destination destination, ConnectTimeline timeline)
    {
        var seconds = options.ConnectTimeout.TotalSeconds;
        return timeline switch
        {
            { TlsStart: > 0 } => new FlowError(
                FlowStep.ServerTls,
                $"{destination.Authority} accepted the connection but did not complete the TLS handshake within {seconds:0} seconds.",
                "",
                "The port may not speak TLS, or the server is overloaded. The limit is --connect-timeout."),
            { ConnectStart: > 0 } => UpstreamErrors.ConnectTimedOut(destination, $"No answer within {seconds:0} seconds."),
            _ => new FlowError(FlowStep.Dns, $"The name '{destination.Host}' could not be looked up within {seconds:0} seconds.", "", "Check the name servers of the machine MitmWeb runs on."),
        };
    }

    private long Micros(long start, long end) => (long)time.GetElapsedTime(start, end).TotalMicroseconds;

    private sealed class FlowErrorException(FlowError error) : Exception(error.Message)
    {
        public FlowError Error => error;
    }
}
