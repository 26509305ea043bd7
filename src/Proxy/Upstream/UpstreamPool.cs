using System.Collections.Concurrent;
using System.Net.Security;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The connections to servers: idle HTTP/1.1 ones are kept for the next exchange with the same destination, whoever the client is;
/// HTTP/2 connections are shared. It also remembers for some minutes which protocol a server chose.
/// </summary>
internal sealed class UpstreamPool : IAsyncDisposable
{
    private static readonly TimeSpan MemoryOfChoice = TimeSpan.FromMinutes(5);

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
    private readonly ConcurrentDictionary<Destination, Choice> _choices = new();
    private readonly ITimer _sweep;

    public UpstreamPool(ProxyOptions options, UpstreamConnector connector, TimeProvider time)
    {
        _options = options;
        _connector = connector;
        _time = time;
        _idle = new IdleChannels(options.MaxIdlePerServer, options.MaxIdleConnections, time);
        _turns = new ExchangeTurns(options.MaxExchangesPerServer);
        var period = TimeSpan.FromSeconds(5);
        _sweep = time.CreateTimer(static state => ((UpstreamPool)state!).Sweep(), this, period, period);
    }

    /// <summary>
    /// Finds out which protocol the server speaks, before the client's handshake chooses one. The connection made for it is kept for
    /// the first exchange.
    /// </summary>
    /// <returns>Whether it is to be spoken to in HTTP/2.</returns>
    /// <exception cref="UpstreamException">The server cannot be reached, or speaks no version that it may be spoken to in.</exception>
    public async ValueTask<bool> SpeaksHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        if (_options.UpstreamProtocols == HttpVersions.Http1)
        {
            return false;
        }

        if (Known(destination) is { } known)
        {
            return CheckAllowed(destination, known.IsHttp2, null);
        }

        UpstreamChannel channel;
        try
        {
            channel = await _connector.ConnectAsync(destination, Offer(destination), cancellationToken);
        }
        catch (UpstreamException exception) when (_options.UpstreamProtocols == HttpVersions.Http2 && IsRefusedAlpn(exception.Error))
        {
            throw Again(UpstreamErrors.NoHttp2(destination, exception.Error.Detail), exception);
        }

        var isHttp2 = channel.IsHttp2 || (!destination.IsTls && await AnswersHttp2Async(destination, channel, cancellationToken));
        _choices[destination] = new Choice(isHttp2, false, _time.GetTimestamp());
        if (channel.IsHttp2)
        {
            ChannelsFor(destination).Offer(channel);
        }
        else if (destination.IsTls)
        {
            var http1 = new Http1Channel(channel);
            http1.ReadAhead();
            Return(destination, http1); // Another exchange may use and close it before this returns.
        }

        return CheckAllowed(destination, isHttp2, channel);
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
        if (!fresh && (affinity?.Take(destination) ?? (_options.UpstreamPerClient ? null : _idle.Take(destination))) is { } idle)
        {
            return new Http1ServerExchange(destination, idle, this, affinity, _options);
        }

        UpstreamChannel channel;
        try
        {
            channel = await _connector.ConnectAsync(destination, destination.IsTls ? OnlyHttp1 : [], cancellationToken);
        }
        catch (UpstreamException exception) when (IsRefusedAlpn(exception.Error) && _options.UpstreamProtocols == HttpVersions.Http1)
        {
            throw Again(UpstreamErrors.OnlyHttp2(destination, exception.Error.Detail), exception);
        }
        catch (UpstreamException exception) when (IsRefusedAlpn(exception.Error))
        {
            // A server that speaks nothing but HTTP/2: the exchange is translated.
            channel = await _connector.ConnectAsync(destination, OnlyHttp2, cancellationToken);
            _choices[destination] = new Choice(true, true, _time.GetTimestamp());
            ChannelsFor(destination).Adopt(channel);
            return await BeginHttp2Async(destination, need, cancellationToken) ?? throw new UpstreamException(exception.Error, exception);
        }

        return new Http1ServerExchange(destination, new Http1Channel(channel), this, affinity, _options);
    }

    /// <summary>Opens a connection whose bytes are passed on unread, in TLS where the client's were.</summary>
    public Task<UpstreamChannel> ConnectRawAsync(Destination destination, CancellationToken cancellationToken) =>
        _connector.ConnectAsync(destination, [], cancellationToken);

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

    private static bool IsRefusedAlpn(FlowError error) =>
        error.Step == FlowStep.ServerTls && error.Detail.Contains("no application protocol", StringComparison.OrdinalIgnoreCase);

    private Choice? Known(Destination destination) =>
        _choices.TryGetValue(destination, out var choice) && _time.GetElapsedTime(choice.At) < MemoryOfChoice ? choice : null;

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
            throw new UpstreamException(UpstreamErrors.ClosedEarly(destination, exception.Message), exception);
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

    private bool CheckAllowed(Destination destination, bool isHttp2, UpstreamChannel? channel) =>
        isHttp2 || _options.UpstreamProtocols != HttpVersions.Http2
            ? isHttp2
            : throw new UpstreamException(UpstreamErrors.NoHttp2(destination, "")) { Connection = channel?.Connection, Timeline = channel?.Timeline };

    /// <summary>The same failure in better words.</summary>
    private static UpstreamException Again(FlowError error, UpstreamException exception) =>
        new(error, exception) { Connection = exception.Connection, Timeline = exception.Timeline };

    private Http2Channels ChannelsFor(Destination destination) => _http2.GetOrAdd(
        destination,
        static (key, pool) => new Http2Channels(cancellationToken => pool.ConnectHttp2Async(key, cancellationToken), pool._options.MaxHeadSize, pool._options.ValidateInboundHeaders, pool._time),
        this);

    private async Task<UpstreamChannel?> ConnectHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        var channel = await _connector.ConnectAsync(destination, Offer(destination), cancellationToken);
        if (channel.IsHttp2 || !destination.IsTls)
        {
            return channel;
        }

        // The server has changed its mind.
        _choices[destination] = new Choice(false, false, _time.GetTimestamp());
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
        foreach (var (destination, choice) in _choices)
        {
            if (_time.GetElapsedTime(choice.At) > MemoryOfChoice)
            {
                _choices.TryRemove(new KeyValuePair<Destination, Choice>(destination, choice));
            }
        }

        // HTTP/2 connections count, too: what HTTP/1.1 leaves of the bound is theirs.
        var room = _options.MaxIdleConnections - _idle.Count;
        foreach (var channels in _http2.Values)
        {
            channels.Sweep(_options.IdleTimeout, ref room);
        }
    }

    private sealed record Choice(bool IsHttp2, bool IsHttp2Only, long At);
}
