using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// Connections whose bytes are passed on unread: what is neither TLS nor HTTP, whose bytes are recorded, and what a rule passes through,
/// whose bytes are only counted.
/// </summary>
internal sealed class RawTunnel(ExchangeServices services)
{
    /// <summary>How often a connection whose bytes are not recorded shows how many there are.</summary>
    private static readonly TimeSpan CountPace = TimeSpan.FromSeconds(1);

    /// <summary>Connects where that has not been done, passes everything on until both sides have ended, and records the flow.</summary>
    /// <param name="transport">The client.</param>
    /// <param name="destination">The server.</param>
    /// <param name="connected">A connection to it that stands already.</param>
    /// <param name="failure">Why it cannot be reached, where that is known already.</param>
    /// <param name="passThroughReason">The rule that passes it through, in words; null when it is of no protocol that is known.</param>
    public async Task RunAsync(
        ClientTransport transport, Destination destination, TunnelServer? connected = null, UpstreamException? failure = null, string? passThroughReason = null)
    {
        transport.Watch.Relax();
        var started = connected?.Started ?? services.Time.GetTimestamp();
        var isPassedThrough = passThroughReason is not null;
        var recording = services.Sink.ForNewFlow();
        var flow = new Flow
        {
            Id = recording.NextFlowId(),
            StartedAt = connected?.StartedAt ?? services.Time.GetUtcNow(),
            Client = transport.Connection,
            Kind = isPassedThrough ? FlowKind.PassedThrough : FlowKind.Tcp,
            Scheme = "tcp",
            Host = destination.Host,
            Port = destination.Port,
            PassThroughReason = passThroughReason,
        };
        IFlowSink? sink = isPassedThrough && !services.Options.ShowIgnoredHosts ? null : recording;
        await ShowAsync();
        try
        {
            if (failure is not null)
            {
                throw failure;
            }

            using var server = connected ?? new TunnelServer(await services.Pool.ConnectRawAsync(destination, transport.Gone), flow.StartedAt, started);
            flow.Server = server.Channel.Connection;
            flow.Timings.TakeConnecting(server.Channel.Timeline, started, services.Time);
            flow.State = FlowState.Streaming;
            await ShowAsync();
            using var turn = new SemaphoreSlim(1);
            var hello = isPassedThrough ? new HelloGlimpse(transport.Connection) : null;
            var shown = services.Time.GetTimestamp();
            var breakage = await TunnelRelay.RunAsync(transport.AsTunnelEnd(), server.AsTunnelEnd(), RecordAsync, transport.Gone);
            if (breakage is not null)
            {
                // What broke on one side breaks on the other.
                server.Channel.Reset();
                transport.Reset();
            }

            flow.Error = services.IsStopping
                ? new FlowError(FlowStep.Proxy, "MitmWeb was stopped before this connection had ended.")
                : breakage is null ? null : new FlowError(FlowStep.Response, "The connection was broken off without an orderly end.", breakage.Message);

            async ValueTask RecordAsync(bool isFromClient, ReadOnlyMemory<byte> data)
            {
                await turn.WaitAsync();
                try
                {
                    flow.RequestBodySize += isFromClient ? data.Length : 0;
                    flow.ResponseBodySize += isFromClient ? 0 : data.Length;
                    if (hello is null)
                    {
                        await recording.AppendBody(flow, isFromClient ? MessageSide.Request : MessageSide.Response, data, CancellationToken.None);
                    }
                    else if ((isFromClient && hello.Read(data.Span)) || services.Time.GetElapsedTime(shown) > CountPace)
                    {
                        shown = services.Time.GetTimestamp();
                        await ShowAsync();
                    }
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
            flow.Timings.TakeConnecting(exception.Timeline, started, services.Time);
            flow.Error = exception.Error;
            transport.Reset();
        }
        catch (Exception exception)
        {
            // Whatever it was, the flow has an end.
            flow.Error = services.IsStopping
                ? new FlowError(FlowStep.Proxy, "MitmWeb was stopped before this connection had ended.")
                : new FlowError(FlowStep.Connect, "The client closed the connection before the server was reached.", exception.Message);
        }

        flow.State = flow.Error is null ? FlowState.Done : FlowState.Error;
        flow.Timings.End = (long)services.Time.GetElapsedTime(started).TotalMicroseconds;
        if (sink is not null)
        {
            await sink.Ended(flow);
        }

        ValueTask ShowAsync() => sink?.Changed(flow, CancellationToken.None) ?? ValueTask.CompletedTask;
    }
}
