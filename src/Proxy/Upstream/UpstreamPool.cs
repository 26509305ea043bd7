using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The connections to servers: idle HTTP/1.1 ones are kept for the next exchange with the same destination, whoever the client is;
/// HTTP/2 connections are shared. It also remembers for some minutes what each server is like. All of that is kept by destination together
/// with the client certificate that MitmWeb shows there, so that a certificate that has changed is a new start.
/// </summary>
internal sealed class UpstreamPool : IAsyncDisposable
{
    /// <summary>After how long a server that was spoken to in HTTP/2 and is not any more takes no memory.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(5);

    /// <summary>How long a server may take to answer HTTP/2's first words before it is taken for one that speaks HTTP/1.1 alone.</summary>
    private static readonly TimeSpan PriorKnowledgeLimit = TimeSpan.FromSeconds(3);

    private static readonly IReadOnlyList<SslApplicationProtocol> OnlyHttp1 = [SslApplicationProtocol.Http11];
    private static readonly IReadOnlyList<SslApplicationProtocol> OnlyHttp2 = [SslApplicationProtocol.Http2];
    private static readonly IReadOnlyList<SslApplicationProtocol> Both = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly ProxyOptions _options;
    private readonly UpstreamConnector _connector;
    private readonly TimeProvider _time;
    private readonly IdleChannels _idle;
    private readonly ExchangeTurns _turns;
    private readonly ConcurrentDictionary<Destination, Http2Channels> _http2 = new();
    private readonly ConcurrentDictionary<(Destination Destination, bool OffersHttp2), Lazy<Task>> _asking = new();
    private readonly UpstreamMemory _memory;
    private readonly ITimer _sweep;

    public UpstreamPool(ProxyOptions options, UpstreamConnector connector, TimeProvider time)
    {
        _options = options;
        _connector = connector;
        _time = time;
        _memory = new UpstreamMemory(time);
        _idle = new IdleChannels(options.MaxIdlePerServer, options.MaxIdleConnections, time);
        _turns = new ExchangeTurns(options.MaxExchangesPerServer);
        var period = TimeSpan.FromSeconds(5);
        _sweep = time.CreateTimer(static state => ((UpstreamPool)state!).Sweep(), this, period, period);
    }

    /// <summary>What is known of a server, without asking it; null when nothing is.</summary>
    public UpstreamOutcome? Recall(Destination destination) => Known(_connector.Identify(destination));

    /// <summary>
    /// Finds out what a server is like before the client's handshake: whom its certificate is for, and which protocol it speaks. A server
    /// seen some minutes ago is not asked again, whether it could be reached or not. The connection made is kept for the first exchange;
    /// many who ask at once wait for one.
    /// </summary>
    /// <param name="destination">The server.</param>
    /// <param name="offersHttp2">Whether the client offers HTTP/2, so that the server is offered it, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public async ValueTask<UpstreamOutcome> AskAsync(Destination destination, bool offersHttp2, CancellationToken cancellationToken)
    {
        destination = _connector.Identify(destination);
        offersHttp2 = _options.UpstreamProtocols switch { HttpVersions.Http1 => false, HttpVersions.Http2 => true, _ => offersHttp2 };
        if (Known(destination) is { } known && (!offersHttp2 || known.IsHttp2 is not null || known.Failure is not null))
        {
            return known;
        }

        await AskOnceAsync(destination, offersHttp2, cancellationToken);
        return Known(destination) ?? new UpstreamOutcome();
    }

    /// <summary>
    /// Finds out which protocol the server speaks. The connection made for it is kept for the first exchange.
    /// </summary>
    /// <returns>Whether it is to be spoken to in HTTP/2.</returns>
    /// <exception cref="UpstreamException">The server cannot be reached, or speaks no version that it may be spoken to in.</exception>
    public async ValueTask<bool> SpeaksHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        if (_options.UpstreamProtocols == HttpVersions.Http1)
        {
            return false;
        }

        if (Known(destination)?.IsHttp2 is not { } known)
        {
            await AskOnceAsync(destination, offersHttp2: true, cancellationToken);
            known = Known(destination)?.IsHttp2 ?? false;
        }

        return known || _options.UpstreamProtocols != HttpVersions.Http2 ? known : throw new UpstreamException(UpstreamErrors.NoHttp2(destination, ""));
    }

    /// <summary>Begins an exchange with a server.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="need">What the exchange needs of the connection.</param>
    /// <param name="affinity">The connections that belong to the client's own; null when it has none.</param>
    /// <param name="fresh">Whether the connection must be a new one, because an idle one has just failed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public async ValueTask<ServerExchange> BeginAsync(Destination destination, UpstreamNeed need, ClientAffinity? affinity, bool fresh, CancellationToken cancellationToken)
    {
        destination = _connector.Identify(destination);
        var isHttp2 = need.Http2 != Http2Use.Avoided || _options.UpstreamProtocols == HttpVersions.Http2
            ? await SpeaksHttp2Async(destination, cancellationToken)
            : _options.UpstreamProtocols == HttpVersions.Both && Known(destination) is { IsHttp2Only: true };
        if (isHttp2 && await BeginHttp2Async(destination, need, cancellationToken) is { } begun)
        {
            return begun;
        }

        if (_options.UpstreamProtocols == HttpVersions.Http2)
        {
            throw new UpstreamException(UpstreamErrors.NoHttp2(destination, "It has spoken HTTP/2 before."));
        }

        if (need.Http2 == Http2Use.Required)
        {
            throw new UpstreamException(UpstreamErrors.NeedsHttp2(destination));
        }

        await _turns.EnterAsync(destination, cancellationToken);
        try
        {
            var begunHttp1 = await BeginHttp1Async(destination, need, affinity, fresh, cancellationToken);
            if (begunHttp1 is not Http1ServerExchange)
            {
                _turns.Leave(destination);
            }

            return begunHttp1;
        }
        catch
        {
            _turns.Leave(destination);
            throw;
        }
    }

    private async ValueTask<ServerExchange> BeginHttp1Async(Destination destination, UpstreamNeed need, ClientAffinity? affinity, bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && (affinity?.Take(destination) ?? _idle.Take(destination, onlyUnused: _options.UpstreamPerClient)) is { } idle)
        {
            return new Http1ServerExchange(destination, idle, this, affinity, _options);
        }

        return await ConnectHttp1Async(destination, cancellationToken) is { } channel
            ? new Http1ServerExchange(destination, new Http1Channel(channel), this, affinity, _options)
            : await BeginHttp2Async(destination, need, cancellationToken) ?? throw new UpstreamException(UpstreamErrors.ClosedEarly(destination, "", null));
    }

    /// <summary>Opens a connection whose bytes are passed on unread, in TLS where the client's were.</summary>
    public Task<UpstreamChannel> ConnectRawAsync(Destination destination, CancellationToken cancellationToken) =>
        _connector.ConnectAsync(_connector.Identify(destination), [], cancellationToken);

    /// <summary>Takes a connection back for the next exchange.</summary>
    public void Return(Destination destination, Http1Channel channel) => _idle.Add(destination, channel);

    /// <summary>An exchange over HTTP/1.1 is over: another may begin. To be called once for each.</summary>
    public void Leave(Destination destination) => _turns.Leave(destination);

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        _idle.Dispose();
        await Task.WhenAll(_http2.Values.Select(static channels => channels.DisposeAsync().AsTask()));
    }

    private UpstreamOutcome? Known(Destination destination) => _memory.Find(destination);

    private static bool IsRefusedAlpn(FlowError error) =>
        error.Step == FlowStep.ServerTls && error.Detail.Contains("no application protocol", StringComparison.OrdinalIgnoreCase);

    /// <summary>Connects, and takes down how it went.</summary>
    private async Task<UpstreamChannel> ConnectAsync(Destination destination, IReadOnlyList<SslApplicationProtocol> alpn, CancellationToken cancellationToken)
    {
        try
        {
            var channel = await _connector.ConnectAsync(destination, alpn, cancellationToken);
            if (destination.IsTls)
            {
                _memory.Note(destination, new UpstreamOutcome
                {
                    IsHttp2 = alpn.Contains(SslApplicationProtocol.Http2) ? channel.IsHttp2 : null,
                    IsHttp2Only = ReferenceEquals(alpn, OnlyHttp2) && channel.IsHttp2,
                    Subject = channel.Connection.Subject,
                });
            }

            return channel;
        }
        catch (UpstreamException exception) when (!IsRefusedAlpn(exception.Error) || ReferenceEquals(alpn, OnlyHttp2))
        {
            _memory.Note(destination, new UpstreamOutcome { Failure = exception.Error, Subject = exception.Connection?.Subject });
            throw;
        }
    }

    /// <returns>Null when the server speaks nothing but HTTP/2: it has a connection of that kind now, and exchanges are translated.</returns>
    private async Task<UpstreamChannel?> ConnectHttp1Async(Destination destination, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(destination, destination.IsTls ? OnlyHttp1 : [], cancellationToken);
        }
        catch (UpstreamException exception) when (IsRefusedAlpn(exception.Error) && _options.UpstreamProtocols == HttpVersions.Http1)
        {
            throw Again(UpstreamErrors.OnlyHttp2(destination, exception.Error.Detail), exception);
        }
        catch (UpstreamException exception) when (IsRefusedAlpn(exception.Error))
        {
            ChannelsFor(destination).Adopt(await ConnectAsync(destination, OnlyHttp2, cancellationToken));
            return null;
        }
    }

    private async Task AskOnceAsync(Destination destination, bool offersHttp2, CancellationToken cancellationToken)
    {
        // One client that leaves must not end what others wait for; connecting has a limit of its own.
        var asking = _asking.GetOrAdd((destination, offersHttp2), key => new Lazy<Task>(() => AskServerAsync(key.Destination, key.OffersHttp2)));
        await asking.Value.WaitAsync(cancellationToken);
    }

    private async Task AskServerAsync(Destination destination, bool offersHttp2)
    {
        try
        {
            if (!offersHttp2)
            {
                if (await ConnectHttp1Async(destination, CancellationToken.None) is { } plain)
                {
                    Park(destination, plain);
                }

                return;
            }

            var channel = await ConnectAsync(destination, Offer(destination), CancellationToken.None);
            if (channel.IsHttp2)
            {
                ChannelsFor(destination).Offer(channel);
            }
            else if (destination.IsTls)
            {
                Park(destination, channel);
            }
            else
            {
                _memory.Note(destination, new UpstreamOutcome { IsHttp2 = await AnswersHttp2Async(destination, channel, CancellationToken.None) });
            }
        }
        catch (UpstreamException exception) when (offersHttp2 && _options.UpstreamProtocols == HttpVersions.Http2 && IsRefusedAlpn(exception.Error))
        {
            throw Again(UpstreamErrors.NoHttp2(destination, exception.Error.Detail), exception);
        }
        finally
        {
            // Also when everybody who waited has left.
            _asking.TryRemove((destination, offersHttp2), out _);
        }
    }

    /// <summary>Keeps a connection that was opened ahead. Another exchange may use and close it before this returns.</summary>
    private void Park(Destination destination, UpstreamChannel channel)
    {
        var http1 = new Http1Channel(channel);
        http1.ReadAhead();
        Return(destination, http1);
    }

    /// <summary>Begins an exchange over HTTP/2.</summary>
    /// <returns>Null when it has to go over HTTP/1.1.</returns>
    private async ValueTask<ServerExchange?> BeginHttp2Async(Destination destination, UpstreamNeed need, CancellationToken cancellationToken)
    {
        if (await ChannelsFor(destination).ReserveAsync(cancellationToken) is not var (channel, stream, isFirst))
        {
            return null;
        }

        var exchange = new Http2ServerExchange(destination, channel, stream, isReused: !isFirst);
        if (!need.ConnectProtocol)
        {
            return exchange;
        }

        // Whether the server takes an extended CONNECT stands in its first SETTINGS (RFC 8441, section 3).
        try
        {
            await channel.Ready.WaitAsync(_options.ConnectTimeout, _time, cancellationToken);
            if (channel.Http2.AllowsConnectProtocol)
            {
                return exchange;
            }
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            exchange.Abort(Http2ErrorCode.Cancel);
            throw new UpstreamException(UpstreamErrors.ClosedEarly(destination, exception.Message, channel.Connection.Tls), exception);
        }
        catch
        {
            exchange.Abort(Http2ErrorCode.Cancel);
            throw;
        }

        exchange.Abort(Http2ErrorCode.Cancel);
        return need.Http2 == Http2Use.Required || _options.UpstreamProtocols == HttpVersions.Http2 || Known(destination) is { IsHttp2Only: true }
            ? throw new UpstreamException(UpstreamErrors.NoConnectProtocol(destination)) { Connection = channel.Connection }
            : null;
    }

    /// <summary>What is offered to a server of which nothing is known.</summary>
    private IReadOnlyList<SslApplicationProtocol> Offer(Destination destination) =>
        !destination.IsTls ? [] : _options.UpstreamProtocols == HttpVersions.Http2 ? OnlyHttp2 : Both;

    /// <summary>The same failure in better words.</summary>
    private static UpstreamException Again(FlowError error, UpstreamException exception) =>
        new(error, exception) { Connection = exception.Connection, Timeline = exception.Timeline };

    private Http2Channels ChannelsFor(Destination destination)
    {
        var channels = _http2.GetOrAdd(
            destination,
            static (key, pool) => new Http2Channels(cancellationToken => pool.ConnectHttp2Async(key, cancellationToken), pool._options.MaxHeadSize, pool._options.ValidateInboundHeaders, pool._time),
            this);
        channels.AskedForAt = _time.GetTimestamp();
        return channels;
    }

    private async Task<UpstreamChannel?> ConnectHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        var channel = await ConnectAsync(destination, Offer(destination), cancellationToken);
        if (channel.IsHttp2 || !destination.IsTls)
        {
            return channel;
        }

        // The server has changed its mind.
        Return(destination, new Http1Channel(channel));
        return null;
    }

    /// <summary>Speaks HTTP/2 to a server without TLS because the client does (RFC 9113, section 3.3), and waits for its answer.</summary>
    private async Task<bool> AnswersHttp2Async(Destination destination, UpstreamChannel channel, CancellationToken cancellationToken)
    {
        var adopted = ChannelsFor(destination).Adopt(channel);
        try
        {
            await adopted.Ready.WaitAsync(PriorKnowledgeLimit, _time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or OperationCanceledException)
        {
            adopted.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private void Sweep()
    {
        _idle.Sweep(_options.IdleTimeout);
        _memory.Sweep();

        // HTTP/2 connections count, too: what HTTP/1.1 leaves of the bound is theirs.
        var room = _options.MaxIdleConnections - _idle.Count;
        foreach (var (destination, channels) in _http2)
        {
            // Whoever has just asked for it is about to open a connection; after minutes nobody is.
            if (!channels.Sweep(_options.IdleTimeout, ref room) && _time.GetElapsedTime(channels.AskedForAt) > ForgottenAfter)
            {
                _http2.TryRemove(new KeyValuePair<Destination, Http2Channels>(destination, channels));
            }
        }
    }
}
