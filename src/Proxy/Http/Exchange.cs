using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// One exchange from its request to its end: forwards both messages as they come, records them, and says in words what went wrong.
/// <code>
///   client ── request ──▶ [1 record] ─▶ [2 connect] ─▶ [3 send, in parallel with …] ─▶ server
///   client ◀─ response ── [5 pass on and record]    ◀─ [4 … reading heads]          ◀─ server
/// </code>
/// </summary>
internal sealed class Exchange(ClientExchange client, Destination destination, Flow flow, IFlowSink sink, long startedAt, ExchangeServices services, ExchangeEdit? edit = null)
{
    /// <summary>More interim responses than anybody has a use for; a server must not fill the memory with them.</summary>
    private const int MaxInterim = 1000;

    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a response may go on after the request it answers has broken off in the middle: what is on its way arrives,
    /// but a server that waits for the rest of the request is not waited for.</summary>
    private static readonly TimeSpan BrokenRequestGrace = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = services.Time;
    private readonly RequestHead _outgoing = edit?.Request(client.Outgoing) ?? client.Outgoing;
    private readonly CancellationTokenSource? _stopUpload = client.RequestBody.HasBody ? CancellationTokenSource.CreateLinkedTokenSource(client.Gone) : null;
    private readonly CancellationTokenSource? _stopResponse = client.RequestBody.HasBody ? CancellationTokenSource.CreateLinkedTokenSource(client.Gone) : null;
    private SemaphoreSlim? _sinkTurn = client.RequestBody.HasBody ? new SemaphoreSlim(1) : null;
    private Task<Exception?> _upload = Task.FromResult<Exception?>(null);
    private readonly Lock _uploadGate = new();
    private TaskCompletionSource<ServerExchange> _uploadTarget = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastUpdate;
    private bool _uploadHasRead;

    /// <summary>Runs the exchange to its end. Whatever fails is told to the client and recorded; nothing is thrown.</summary>
    /// <param name="known">A failure that is known already (the server could not be reached before the client's handshake).</param>
    public async Task RunAsync(UpstreamException? known)
    {
        ServerExchange? server = null;
        try
        {
            // 1. The flow is seen before anything is waited for.
            _lastUpdate = startedAt;
            await sink.Changed(flow, CancellationToken.None);

            if (known is not null)
            {
                flow.Server = known.Connection;
                flow.Timings.TakeConnecting(known.Timeline, startedAt, _time);
                throw known;
            }

            if (client.RequestBody.Length > services.Options.BodySizeLimit)
            {
                throw new BodyTooLongException(MessageSide.Request, services.Options.BodySizeLimit.Value);
            }

            // 2. and 3. A connection that was idle may have died meanwhile: then the request goes over a new one, if nothing is lost by it.
            server = await BeginAsync(fresh: false);
            var head = await SendAndReadHeadAsync(server, isRetry: false);
            if (head is null)
            {
                server.Abort(Http2ErrorCode.Cancel);
                server = await BeginAsync(fresh: true);
                head = (await SendAndReadHeadAsync(server, isRetry: true))!;
            }

            // 4. and 5.
            if (BeginsTunnel(server, head))
            {
                await TunnelAsync(server, head);
                return;
            }

            await PassResponseAsync(server, head);
            server.Release();
            await EndAsync(null);
        }
        catch (Exception exception)
        {
            server?.Abort(CodeForServer(exception));
            await StopUploadAsync();
            await FailAsync(server, exception is OperationCanceledException && await _upload is HttpWireException broken ? broken : exception);
        }
        finally
        {
            _stopUpload?.Dispose();
            _stopResponse?.Dispose();
            _sinkTurn?.Dispose();
        }
    }

    /// <summary>Answers from MitmWeb itself and records that like any other exchange.</summary>
    public async Task AnswerLocallyAsync(LocalResponse response)
    {
        try
        {
            await sink.Changed(flow, CancellationToken.None);
            while (!client.RequestBody.IsComplete)
            {
                var segment = await client.RequestBody.ReadAsync(client.Gone);
                flow.RequestBodyWireSize = client.RequestBody.WireSize;
                await RecordAsync(MessageSide.Request, segment.Data);
            }

            await SendLocalAsync(response, record: true);
            await EndAsync(null);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            client.Abort(Http2ErrorCode.Cancel);
            await EndAsync(ClientGoneError());
        }
    }

    /// <summary>Refuses a request that cannot be forwarded.</summary>
    /// <param name="status">The status to answer with.</param>
    /// <param name="error">Why.</param>
    /// <param name="isLast">Whether the client's connection ends with it, because nobody can say where the next request would begin.</param>
    public async Task RefuseAsync(int status, FlowError error, bool isLast = false)
    {
        try
        {
            await SendLocalAsync(ErrorPage.Create(status, error, client.Request, ExchangeServices.UrlOf(flow)), record: false, isLast);
        }
        catch (Exception)
        {
            // The flow ends with the error that it was about, however the client took it.
            client.Abort(Http2ErrorCode.InternalError);
        }

        await EndAsync(error);
    }

    private async Task<ServerExchange> BeginAsync(bool fresh)
    {
        try
        {
            return await services.Pool.BeginAsync(destination, client.Need, client.Affinity, fresh, client.Gone);
        }
        catch (UpstreamException exception)
        {
            flow.Server = exception.Connection;
            flow.Timings.TakeConnecting(exception.Timeline, startedAt, _time);
            flow.Timings.EndBlocked(Elapsed());
            throw;
        }
    }

    /// <returns>Null when the connection turned out to be dead and the request may be sent again.</returns>
    private async Task<ResponseHead?> SendAndReadHeadAsync(ServerExchange server, bool isRetry)
    {
        NoteServer(server);
        var sendStart = Elapsed();
        flow.Timings.SendStart = sendStart;
        flow.Timings.EndBlocked(sendStart);
        try
        {
            await server.SendHeadAsync(OutgoingTo(server), client.RequestBody, CancellationToken.None);
            if (client.RequestBody.HasBody)
            {
                if (!client.RequestBody.HasBuffered)
                {
                    // The server may want to say something before the body comes: Expect: 100-continue.
                    await server.FlushAsync(CancellationToken.None);
                }

                _uploadTarget.SetResult(server);
                if (!isRetry || _upload.IsCompleted)
                {
                    _upload = UploadAsync(_stopUpload!.Token);
                }
            }
            else
            {
                await server.CompleteRequestAsync(null, CancellationToken.None);
                flow.Timings.SendEnd = Elapsed();
                client.WatchForLeaving();
            }
        }
        catch (IOException exception) when (exception is not UpstreamException)
        {
            if (!isRetry && MaySendAgain(server, isHarmless: true))
            {
                return null; // Nothing has left yet.
            }

            throw new UpstreamException(UpstreamErrors.SendFailed(destination, exception.Message), exception);
        }

        try
        {
            while (true)
            {
                var reading = ReadHeadAsync(server);
                if (!reading.IsCompleted)
                {
                    // A request that breaks in the middle needs no answer any more.
                    await Task.WhenAny(_upload.IsCompletedSuccessfully && _upload.Result is null ? reading : _upload, reading);
                    if (_upload.IsCompleted && await _upload is (ClientGoneException or HttpWireException or BodyTooLongException) and { } broken)
                    {
                        _ = reading.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
                        throw broken;
                    }
                }

                var head = await reading;
                NoteServer(server);
                if (head.Status is < 100 or >= 200 or 101)
                {
                    flow.Timings.FirstByte = Elapsed();
                    flow.Response = head;
                    flow.ResponseHeadWireSize = server.ResponseHeadWireSize;
                    flow.State = FlowState.Streaming;
                    return head;
                }

                if (flow.Interim.Count == MaxInterim)
                {
                    throw new HttpWireException($"It sent more than {MaxInterim} interim responses and no final one.");
                }

                flow.Interim = [.. flow.Interim, head];
                await client.WriteInterimAsync(head, CancellationToken.None);
                await ChangedAsync();
            }
        }
        catch (UpstreamException exception) when (exception.Error.Step == FlowStep.Response && flow.Interim.Count == 0)
        {
            if (!isRetry && MaySendAgain(server, MayRepeat))
            {
                return null;
            }

            if (_upload.IsCompleted && await _upload is { } failed and not ClientGoneException)
            {
                throw new UpstreamException(UpstreamErrors.SendFailed(destination, failed.Message), failed);
            }

            throw;
        }
        catch (HttpWireException exception) when (!_upload.IsCompleted || _upload.Result != exception)
        {
            throw new UpstreamException(UpstreamErrors.BadResponse(destination, exception.Message), exception);
        }
    }

    /// <summary>Whether the request may go over another connection: nothing of the body is lost, and the server has said that it did not
    /// look at the request, or the connection had been idle. From then on the upload waits for the other connection.</summary>
    /// <param name="server">The exchange that failed.</param>
    /// <param name="isHarmless">Whether it does no harm if the server has got the request all the same.</param>
    private bool MaySendAgain(ServerExchange server, bool isHarmless)
    {
        lock (_uploadGate)
        {
            if (_uploadHasRead || !((server.IsReused && isHarmless) || server.WasRefused))
            {
                return false;
            }

            _uploadTarget = new TaskCompletionSource<ServerExchange>(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Passes the request's body on while the response may already run.</summary>
    /// <returns>What it failed with: on the client's side a <see cref="ClientGoneException"/> or <see cref="HttpWireException"/>.</returns>
    private async Task<Exception?> UploadAsync(CancellationToken stop)
    {
        var body = client.RequestBody;
        ServerExchange? server = null;
        try
        {
            while (!body.IsComplete)
            {
                BodySegment segment;
                try
                {
                    segment = await body.ReadAsync(stop);
                }
                catch (Exception exception) when (exception is OperationCanceledException or (IOException and not HttpWireException))
                {
                    _stopResponse!.CancelAfter(BrokenRequestGrace);
                    return new ClientGoneException(exception);
                }
                catch (HttpWireException exception)
                {
                    _stopResponse!.CancelAfter(BrokenRequestGrace);
                    return exception;
                }

                if (server is null)
                {
                    Task<ServerExchange> target;
                    lock (_uploadGate)
                    {
                        _uploadHasRead = true;
                        target = _uploadTarget.Task;
                    }

                    server = await target.WaitAsync(stop);
                }

                flow.RequestBodyWireSize = body.WireSize;
                CheckLimit(MessageSide.Request, flow.RequestBodySize + segment.Data.Length);
                await WatchedAsync(server.SendBodyAsync(segment, CancellationToken.None));
                await RecordAsync(MessageSide.Request, segment.Data);
                if (!body.HasBuffered && !body.IsComplete)
                {
                    await WatchedAsync(server.FlushAsync(CancellationToken.None));
                }
            }

            flow.RequestTrailers = body.Trailers;
            server ??= await _uploadTarget.Task.WaitAsync(stop);
            await WatchedAsync(server.CompleteRequestAsync(body.Trailers, CancellationToken.None));
            flow.Timings.SendEnd = Elapsed();
            client.WatchForLeaving();
            return null;
        }
        catch (BodyTooLongException exception)
        {
            _stopResponse!.CancelAfter(BrokenRequestGrace);
            return exception;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            return exception;
        }
    }

    /// <summary>Waits until the server has taken a piece of the body. Meanwhile nobody reads from the client, but somebody looks after it.</summary>
    private ValueTask WatchedAsync(ValueTask sending) => sending.IsCompleted ? sending : WaitWatchedAsync(sending);

    private async ValueTask WaitWatchedAsync(ValueTask sending)
    {
        client.BeginSending();
        try
        {
            await sending;
        }
        finally
        {
            client.EndSending();
        }
    }

    private async Task<ResponseHead> ReadHeadAsync(ServerExchange server)
    {
        if (services.Options.FirstByteTimeout is not { } limit)
        {
            return await server.ReadHeadAsync(client.Gone);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(client.Gone);
        _ = StartLimitAsync();
        try
        {
            return await server.ReadHeadAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!client.Gone.IsCancellationRequested)
        {
            throw new UpstreamException(UpstreamErrors.NoFirstByte(destination, limit)) { IsTimeout = true };
        }

        // The server's time begins when it has the whole request.
        async Task StartLimitAsync()
        {
            await _upload;
            try
            {
                stop.CancelAfter(limit);
            }
            catch (ObjectDisposedException)
            {
                // It answered before the request was complete.
            }
        }
    }

    private async Task PassResponseAsync(ServerExchange server, ResponseHead head)
    {
        var body = server.ResponseBody;
        if (body.Length > services.Options.BodySizeLimit)
        {
            throw new BodyTooLongException(MessageSide.Response, services.Options.BodySizeLimit.Value);
        }

        Queue<BodySegment> held = [];
        flow.ResponseBodyWireSize = 0;
        if (edit is not null)
        {
            (head, body, held) = await EditResponseAsync(edit, head, body);
        }

        await client.WriteHeadAsync(head, body, CancellationToken.None);
        if (body.HasBody)
        {
            if (!body.HasBuffered)
            {
                await client.FlushAsync(CancellationToken.None);
                await ChangedAsync();
            }

            while (held.Count > 0 || !body.IsComplete)
            {
                var segment = held.Count > 0 ? held.Dequeue() : await ReadAfterFlushAsync(body);
                flow.ResponseBodyWireSize = server.ResponseBody.WireSize;
                CheckLimit(MessageSide.Response, flow.ResponseBodySize + segment.Data.Length);
                await client.WriteBodyAsync(segment, CancellationToken.None);
                var recording = RecordAsync(MessageSide.Response, segment.Data);
                if (!recording.IsCompleted)
                {
                    await client.FlushAsync(CancellationToken.None);
                }

                await recording;
            }

            flow.ResponseTrailers = body.Trailers;
        }

        await client.CompleteAsync(body.Trailers, CancellationToken.None);
        flow.Timings.End = Elapsed();

        // The server has answered; a client that waits for a 100 will not send its body any more (RFC 9110, section 10.1.1).
        if (!_uploadHasRead && client.Request.Headers.HasToken("Expect"u8, "100-continue"u8))
        {
            await StopUploadAsync();
        }
        else if (!_upload.IsCompleted && head.Status >= 400 && server.IsClosing)
        {
            // It has refused the request and will not read the rest of it (RFC 9112, section 9.3). The reset also ends a write that waits.
            server.Abort(Http2ErrorCode.NoError);
            await StopUploadAsync();
        }

        if (await _upload.WaitAsync(client.Gone) is { } broken && services.IsStopping)
        {
            throw broken;
        }
    }

    /// <summary>Has the response changed, its body held where that is wanted.</summary>
    /// <returns>What to send, and the pieces of the body that have been read already.</returns>
    private async Task<(ResponseHead Head, BodySource Body, Queue<BodySegment> Held)> EditResponseAsync(ExchangeEdit edit, ResponseHead head, BodySource body)
    {
        var held = new Queue<BodySegment>();
        var content = new MemoryStream();
        var limit = body.HasBody ? edit.BodyLimit(head) : 0;
        while (limit > 0 && !body.IsComplete && content.Length <= limit)
        {
            var segment = await ReadResponseAsync(body);
            CheckLimit(MessageSide.Response, content.Length + segment.Data.Length);
            content.Write(segment.Data.Span);
            held.Enqueue(segment with { Wire = segment.Wire.ToArray(), Data = segment.Data.ToArray() });
        }

        var isWhole = limit > 0 && body.IsComplete && content.Length <= limit;
        var edited = edit.Response(head, isWhole ? content.ToArray() : default(ReadOnlyMemory<byte>?));
        flow.Response = edited.Head;
        return edited.Body is { } bytes ? (edited.Head, new LocalBody(bytes), []) : (edited.Head, body, held);
    }

    /// <summary>The head for the server. What asks for a WebSocket over HTTP/2 has been made anew already, and is left as it is.</summary>
    private RequestHead OutgoingTo(ServerExchange server) =>
        server.IsHttp2 && client.OutgoingHttp2 != client.Outgoing ? client.OutgoingHttp2 : _outgoing;

    /// <summary>Whether sending the request twice does no harm when the server may have seen the first one (RFC 9110, section 9.2.2).
    /// A body is read from the client only once.</summary>
    private bool MayRepeat => !client.RequestBody.HasBody && _outgoing.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    /// <summary>Afterwards nobody reads from the client any more.</summary>
    private async Task StopUploadAsync()
    {
        if (!_upload.IsCompleted)
        {
            await _stopUpload!.CancelAsync();
            await _upload;
        }
    }

    /// <summary>Reads more of the response; the client gets what was written before when that takes a while.</summary>
    private async ValueTask<BodySegment> ReadAfterFlushAsync(BodySource body)
    {
        var reading = ReadResponseAsync(body);
        if (reading.IsCompleted)
        {
            return await reading;
        }

        var segment = reading.AsTask();
        try
        {
            await client.FlushAsync(CancellationToken.None);
        }
        catch
        {
            _ = segment.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
            throw;
        }

        return await segment;
    }

    private async ValueTask<BodySegment> ReadResponseAsync(BodySource body)
    {
        var gone = _stopResponse?.Token ?? client.Gone;
        var limit = services.Options.BodyIdleTimeout;
        using var stop = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(gone);
        stop?.CancelAfter(limit!.Value);
        try
        {
            return await body.ReadAsync(stop?.Token ?? gone);
        }
        catch (OperationCanceledException) when (limit is { } pause && !gone.IsCancellationRequested)
        {
            throw new UpstreamException(UpstreamErrors.Paused(destination, pause)) { IsTimeout = true };
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new UpstreamException(UpstreamErrors.Truncated(destination, exception.Message), exception);
        }
    }

    /// <summary>Whether the response begins a tunnel: a switch of protocols, or a 2xx to a CONNECT that goes to another proxy
    /// (RFC 9110, section 9.3.6) or asks for a WebSocket over HTTP/2 (RFC 8441, section 5).</summary>
    private bool BeginsTunnel(ServerExchange server, ResponseHead head) =>
        head.Status == 101 || (head.Status is >= 200 and < 300 && (client.Outgoing.Method == "CONNECT" || (server.IsHttp2 && client.Need.ConnectProtocol)));

    private void CheckLimit(MessageSide side, long size)
    {
        if (size > services.Options.BodySizeLimit)
        {
            throw new BodyTooLongException(side, services.Options.BodySizeLimit.Value);
        }
    }

    private async Task TunnelAsync(ServerExchange server, ResponseHead head)
    {
        if (client.Request.Headers.HasToken("Upgrade"u8, "websocket"u8) || _outgoing.Headers.HasToken("Upgrade"u8, "websocket"u8))
        {
            flow.Kind = FlowKind.WebSocket;
            flow.Scheme = flow.Scheme == "https" ? "wss" : "ws"; // As the client sees it, whatever has become of it on the way.
        }

        _sinkTurn ??= new SemaphoreSlim(1);

        // The new protocol begins after the whole request (RFC 9110, section 7.8).
        if (await _upload.WaitAsync(client.Gone) is { } broken)
        {
            throw broken;
        }

        TunnelEnd end;
        try
        {
            end = await client.UpgradeAsync(head, CancellationToken.None);
        }
        catch (HttpWireException exception)
        {
            throw new UpstreamException(UpstreamErrors.BadResponse(destination, exception.Message), exception);
        }

        await ChangedAsync();
        var upstream = server.Upgrade();
        await using var bytes = upstream.Stream;
        var failure = await TunnelRelay.RunAsync(
            end,
            upstream,
            (isFromClient, data) => RecordAsync(isFromClient ? MessageSide.Request : MessageSide.Response, data),
            client.Gone);
        flow.Timings.End = Elapsed();
        if (failure is not null)
        {
            server.Abort(Http2ErrorCode.Cancel); // What the peer of a tunnel over HTTP/2 sees of a connection that broke (RFC 8441, section 5).
            client.Abort(CodeForClient(failure, Http2ErrorCode.ConnectError));
        }

        server.Release();
        await end.Stream.DisposeAsync();
        await EndAsync(services.IsStopping
            ? StoppedError()
            : failure is null ? null : new FlowError(FlowStep.Response, "The connection was broken off without an orderly end.", failure.Message));
    }

    private async Task FailAsync(ServerExchange? server, Exception exception)
    {
        if (server?.Connection is not null)
        {
            NoteServer(server);
        }

        var (status, error) = exception switch
        {
            _ when services.IsStopping => (0, StoppedError()),
            UpstreamException upstream => (upstream.IsTimeout ? 504 : 502, upstream.Error),
            BodyTooLongException tooLong => (tooLong.Side == MessageSide.Request ? 413 : 502, tooLong.Describe()),
            ClientGoneException or OperationCanceledException => (0, ClientGoneError()),
            HttpWireException wire => (400, new FlowError(FlowStep.Request, $"The request's body cannot be read as HTTP. {wire.Message}", wire.Message)),
            _ => (502, new FlowError(FlowStep.Proxy, "MitmWeb could not carry this exchange out.", exception.Message, "This is a fault in MitmWeb: its log says more. Please report it.")),
        };
        if (error.Step == FlowStep.Proxy && !services.IsStopping)
        {
            services.LogUnexpected(exception, ExchangeServices.UrlOf(flow));
        }

        // A client that speaks HTTP/2, too, gets the server's own reset: gRPC, for one, knows what each code means.
        var isReset = client.TellsResets && Http2ResetException.Within(exception) is { IsByPeer: true };
        if (status != 0 && !client.HasStarted && !isReset)
        {
            await RefuseAsync(status, error);
            return;
        }

        client.Abort(CodeForClient(exception, Http2ErrorCode.InternalError));
        await EndAsync(error);
    }

    /// <summary>The code that the server sent; the given one where it sent none.</summary>
    private static Http2ErrorCode CodeForClient(Exception exception, Http2ErrorCode otherwise) =>
        Http2ResetException.Within(exception) is { IsByPeer: true } reset ? reset.Code : otherwise;

    /// <summary>Why the client's half is over, for the server.</summary>
    private Http2ErrorCode CodeForServer(Exception exception) => exception switch
    {
        ClientGoneException or OperationCanceledException => client.GoneCode,
        HttpWireException => Http2ErrorCode.InternalError,
        _ => Http2ErrorCode.Cancel,
    };

    private async Task SendLocalAsync(LocalResponse response, bool record, bool isLast = false)
    {
        var isHead = client.Request.Method == "HEAD";
        var head = ResponseHead.Create(
            "HTTP/1.1",
            response.Status,
            ReasonPhrase.Of(response.Status),
            [
                .. response.Headers,
                new HeaderField("Content-Length", response.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new HeaderField("Date", _time.GetUtcNow().ToString("R")),
                .. client.RequestBody.IsComplete && !isLast ? Array.Empty<HeaderField>() : [new HeaderField("Connection", "close")],
            ]);
        var body = new LocalBody(isHead ? default : response.Body);
        if (record)
        {
            flow.Response = head;
            flow.Timings.FirstByte = Elapsed();
        }

        await client.WriteHeadAsync(head, body, CancellationToken.None);
        if (body.HasBody)
        {
            var segment = await body.ReadAsync(CancellationToken.None);
            await client.WriteBodyAsync(segment, CancellationToken.None);
            if (record)
            {
                await RecordAsync(MessageSide.Response, segment.Data);
            }
        }

        await client.CompleteAsync(null, CancellationToken.None);
    }

    private async ValueTask RecordAsync(MessageSide side, ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        // The two directions run at once, but the sink takes one call at a time for a flow.
        if (_sinkTurn is not null)
        {
            await _sinkTurn.WaitAsync();
        }

        try
        {
            if (side == MessageSide.Request)
            {
                flow.RequestBodySize += data.Length;
            }
            else
            {
                flow.ResponseBodySize += data.Length;
            }

            await sink.AppendBody(flow, side, data, CancellationToken.None);
            var now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_lastUpdate, now) > UpdateInterval)
            {
                _lastUpdate = now;
                await sink.Changed(flow, CancellationToken.None);
            }
        }
        finally
        {
            _sinkTurn?.Release();
        }
    }

    private async ValueTask ChangedAsync()
    {
        if (_sinkTurn is not null)
        {
            await _sinkTurn.WaitAsync();
        }

        try
        {
            _lastUpdate = _time.GetTimestamp();
            await sink.Changed(flow, CancellationToken.None);
        }
        finally
        {
            _sinkTurn?.Release();
        }
    }

    private ValueTask EndAsync(FlowError? error)
    {
        flow.Error = error;
        flow.State = error is null ? FlowState.Done : FlowState.Error;
        flow.Timings.End ??= Elapsed();
        return sink.Ended(flow);
    }

    private void NoteServer(ServerExchange server)
    {
        if (server.Connection is { } connection)
        {
            flow.Server = connection;
            flow.ServerReused = server.IsReused;
            if (!server.IsReused)
            {
                flow.Timings.TakeConnecting(server.Timeline, startedAt, _time);
            }
        }
    }

    private long Elapsed() => (long)_time.GetElapsedTime(startedAt).TotalMicroseconds;

    private FlowError ClientGoneError() => flow.Response is null
        ? new FlowError(FlowStep.Response, "The client closed the connection before the response had begun.")
        : new FlowError(FlowStep.Response, "The client closed the connection before the response was complete.");

    private static FlowError StoppedError() => new(FlowStep.Proxy, "MitmWeb was stopped before this exchange was complete.");
}
