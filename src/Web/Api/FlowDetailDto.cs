using System.Net;
using System.Text.Json;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Everything about one flow but its bodies.</summary>
public sealed record FlowDetailDto : FlowRowDto
{
    /// <summary>Describes a stored flow.</summary>
    public FlowDetailDto(StoredFlow flow)
        : base((flow ?? throw new ArgumentNullException(nameof(flow))).Row)
    {
        Request = flow.Request is { } request
            ? new RequestDto(
                request.Method,
                request.Target,
                request.Version,
                Pairs(request.Headers),
                PairsOrNull(flow.RequestTrailers),
                request.Raw.Length,
                flow.Row.RequestSize,
                flow.RequestHeadWireSize,
                flow.RequestBodyWireSize)
            : null;
        Interim = flow.Interim.Select(head => new InterimDto(head.Status, head.Reason, head.Version, Pairs(head.Headers))).ToArray();
        Response = flow.Response is { } response
            ? new ResponseDto(
                response.Status,
                response.Reason,
                response.Version,
                Pairs(response.Headers),
                PairsOrNull(flow.ResponseTrailers),
                response.Raw.Length,
                flow.Row.ResponseSize,
                flow.ResponseHeadWireSize,
                flow.ResponseBodyWireSize)
            : null;
        Timings = TimingsOf(flow.Timings);
        ErrorDetail = flow.Error is { } error
            ? new FlowErrorDto(JsonNamingPolicy.CamelCase.ConvertName(error.Step.ToString()), error.Message, error.Detail, error.Fix)
            : null;
        PassThroughReason = flow.PassThroughReason;
        Meta = FlowNotes.Of(flow.Row).Meta;
        ClientConnection = new ClientConnectionDto(
            flow.Client.Id, flow.Row.ClientAddress, Text(flow.Client.LocalEndPoint), flow.Client.OpenedAt, flow.Client.Mode, TlsDto.From(flow.Client.Tls, flow.Client.TlsDuration));
        ServerConnection = flow.Server is { } server
            ? new ServerConnectionDto(
                server.Id,
                server.Host,
                server.Port,
                server.RemoteEndPoint is { } remote ? Text(remote) : null,
                server.LocalEndPoint is { } local ? Text(local) : null,
                server.Addresses.Select(address => address.ToString()).ToArray(),
                server.OpenedAt,
                flow.ServerReused,
                TlsDto.From(server.Tls, server.TlsDuration))
            : null;
    }

    /// <summary>The request; null for kinds without.</summary>
    public RequestDto? Request { get; init; }

    /// <summary>The interim responses in their order.</summary>
    public IReadOnlyList<InterimDto> Interim { get; init; }

    /// <summary>The final response; null while there is none.</summary>
    public ResponseDto? Response { get; init; }

    /// <summary>How long each phase took.</summary>
    public TimingsDto Timings { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public FlowErrorDto? ErrorDetail { get; init; }

    /// <summary>Why the connection was passed on unread; null when it was not.</summary>
    public string? PassThroughReason { get; init; }

    /// <summary>Notes with names.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; }

    /// <summary>The client's connection.</summary>
    public ClientConnectionDto ClientConnection { get; init; }

    /// <summary>The server's connection; null when there was none.</summary>
    public ServerConnectionDto? ServerConnection { get; init; }

    private static string Text(IPEndPoint endPoint) => endPoint.ToString();

    private static string[][] Pairs(HeaderList headers) => headers.Select(field => new[] { field.Name, field.Value }).ToArray();

    private static string[][]? PairsOrNull(HeaderList? trailers) => trailers is null ? null : Pairs(trailers);

    private static TimingsDto TimingsOf(FlowTimings timings) => new(
        Milliseconds(timings.Blocked),
        Milliseconds(timings.ConnectStart - timings.DnsStart),
        Milliseconds(timings.ConnectEnd - timings.ConnectStart),
        Milliseconds(timings.TlsEnd - timings.TlsStart),
        Milliseconds(timings.SendEnd - timings.SendStart),
        Milliseconds(timings.FirstByte - timings.SendEnd),
        Milliseconds(timings.End - timings.FirstByte),
        Milliseconds(timings.End),
        new TimingPointsDto(
            Milliseconds(timings.DnsStart),
            Milliseconds(timings.ConnectStart),
            Milliseconds(timings.ConnectEnd),
            Milliseconds(timings.TlsStart),
            Milliseconds(timings.TlsEnd),
            Milliseconds(timings.SendStart),
            Milliseconds(timings.SendEnd),
            Milliseconds(timings.FirstByte),
            Milliseconds(timings.End)));
}
