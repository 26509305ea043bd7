using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>Makes the list's row of a flow from what the flow holds at this moment.</summary>
internal static class FlowRows
{
    /// <summary>Why a flow that was still running when MitmWeb stopped is an error.</summary>
    public const string InterruptedMessage = "MitmWeb stopped before this exchange was complete.";

    /// <summary>Why a flow is an error that was deleted while it ran, and was brought back.</summary>
    public const string DeletedMessage = "It was deleted while it ran and then brought back; what came from its deletion on is not recorded.";

    private static readonly string[] CommonTypes =
    [
        "text/html", "application/json", "text/javascript", "application/javascript", "text/css", "text/plain", "image/png", "image/jpeg",
        "image/gif", "image/webp", "image/svg+xml", "font/woff2", "application/octet-stream", "text/event-stream", "application/grpc",
    ];

    /// <param name="flow">The flow.</param>
    /// <param name="seq">The number of this change.</param>
    /// <param name="clientAddress">The client's address.</param>
    /// <param name="serverAddress">The server's address.</param>
    /// <param name="interrupted">Whether MitmWeb stops now, so that a flow that has not ended never will.</param>
    public static FlowRow Make(Flow flow, long seq, string clientAddress, string? serverAddress, bool interrupted)
    {
        var (request, response, state, error) = (flow.Request, flow.Response, flow.State, flow.Error?.Message);
        if (interrupted && state is FlowState.Pending or FlowState.Streaming)
        {
            (state, error) = (FlowState.Error, error ?? InterruptedMessage);
        }

        return new FlowRow
        {
            Id = flow.Id,
            Seq = seq,
            Kind = flow.Kind,
            State = state,
            StartedAt = Microseconds.ToTime(Microseconds.FromTime(flow.StartedAt)),
            Method = ListText.Clean(request?.Method ?? ""),
            Scheme = ListText.Clean(flow.Scheme),
            Host = ListText.Clean(flow.Host),
            Port = flow.Port,
            Path = ListText.Clean(flow.Path),
            Status = response?.Status,
            Reason = response is null ? null : ListText.Clean(response.Reason),
            ContentType = response is null ? null : MediaType(response.Headers),
            RequestSize = flow.RequestBodySize,
            ResponseSize = flow.ResponseBodySize,
            Duration = flow.Timings.End,
            TimeToFirstByte = flow.Timings.FirstByte,
            HttpVersion = request is { Version.Length: > 0 } ? ListText.Clean(request.Version) : null,
            ServerHttpVersion = response is { Version.Length: > 0 } ? ListText.Clean(response.Version) : null,
            ClientAddress = clientAddress,
            ServerAddress = serverAddress,
            Error = error is null ? null : ListText.Clean(error),
            ModifiedBy = flow.ModifiedBy,
            HostHeader = request is null ? null : OtherHost(request.Headers, flow.Host),
            RequestContentType = request is null ? null : MediaType(request.Headers),
        };
    }

    /// <summary>The host of the Host header (RFC 9110, section 7.2) without its port and brackets, unless it is the flow's own.</summary>
    private static string? OtherHost(HeaderList headers, string host)
    {
        var index = headers.IndexOf("host"u8);
        if (index < 0)
        {
            return null;
        }

        var value = headers.ValueBytes(index);
        var colon = value.LastIndexOf((byte)':');
        if (colon >= 0 && value.IndexOf((byte)']') < colon && !value[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            value = value[..colon];
        }

        value = value is [(byte)'[', .., (byte)']'] ? value[1..^1] : value;
        return value.IsEmpty || Ascii.EqualsIgnoreCase(value, host) ? null : ListText.Clean(Encoding.Latin1.GetString(value));
    }

    /// <summary>The media type without its parameters (RFC 9110, section 8.3.1).</summary>
    private static string? MediaType(HeaderList headers)
    {
        var index = headers.IndexOf("content-type"u8);
        if (index < 0)
        {
            return null;
        }

        var value = headers.ValueBytes(index);
        var end = value.IndexOf((byte)';');
        value = (end < 0 ? value : value[..end]).Trim(" \t"u8);
        foreach (var common in CommonTypes)
        {
            if (Ascii.EqualsIgnoreCase(value, common))
            {
                return common;
            }
        }

        return value.IsEmpty ? null : ListText.Clean(Encoding.Latin1.GetString(value).ToLowerInvariant());
    }
}
