using System.Net;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>The way of every exchange, whatever protocol brought it: magic host, then forward.</summary>
internal sealed class ExchangePipeline(ExchangeServices services)
{
    /// <summary>Runs one exchange to its end.</summary>
    /// <param name="client">The client's half.</param>
    /// <param name="connection">The client's connection.</param>
    /// <param name="destination">Where it goes; null when the client took the proxy itself for a web server.</param>
    /// <param name="known">A failure to reach the server that is known already.</param>
    public Task RunAsync(ClientExchange client, ClientConnection connection, Destination? destination, UpstreamException? known)
    {
        var started = services.Time.GetTimestamp();
        var sink = services.Sink.ForNewFlow();
        var flow = NewFlow(sink, client, connection, destination);
        var edit = destination is { } asked && !services.IsMagicHost(asked.TlsName) ? services.EditOf(client.Request, asked) : null;
        flow.ModifiedBy = edit?.Name;
        var exchange = new Exchange(client, edit?.Redirect(destination!.Value) ?? destination ?? default, flow, sink, started, services, edit);
        if (services.LocalSite is { } site && (destination is null || services.IsMagicHost(destination.Value.TlsName)))
        {
            return exchange.AnswerLocallyAsync(site.Answer(new LocalRequest(
                client.Request.Method,
                flow.Path,
                client.Request.Headers.Find("Host"u8) ?? flow.Host,
                client.Request.Headers.Find("User-Agent"u8) ?? "",
                destination is not null,
                connection.Tls is not null,
                connection.RemoteEndPoint.Address)));
        }

        if (services.Options.ClientProtocols != HttpVersions.Both && (client.Request.Version == "HTTP/2") != (services.Options.ClientProtocols == HttpVersions.Http2))
        {
            var (allowed, option) = services.Options.ClientProtocols == HttpVersions.Http2 ? ("HTTP/2", "--client-protocols http2") : ("HTTP/1.1", "--no-http2 or --client-protocols http1");
            return exchange.RefuseAsync(505, new FlowError(
                FlowStep.Request,
                $"The request came over {client.Request.Version}, and MitmWeb was told to speak nothing but {allowed} with clients.",
                "",
                $"MitmWeb was started with {option}: leave that option out, or let the client speak {allowed}."));
        }

        return destination is null
            ? exchange.RefuseAsync(400, new FlowError(FlowStep.Request, "The request names no server.", "", "This is a proxy: set it as the HTTP proxy of the client instead of opening its address."))
            : exchange.RunAsync(known);
    }

    /// <summary>Answers a request that cannot be forwarded as it is, and records it.</summary>
    public Task RefuseAsync(ClientExchange client, ClientConnection connection, Destination? destination, int status, string reason, string fix = "")
    {
        var sink = services.Sink.ForNewFlow();
        var exchange = new Exchange(
            client, destination ?? default, NewFlow(sink, client, connection, destination), sink, services.Time.GetTimestamp(), services);
        return exchange.RefuseAsync(status, new FlowError(FlowStep.Request, reason, "", fix), isLast: true);
    }

    private Flow NewFlow(IFlowSink sink, ClientExchange client, ClientConnection connection, Destination? destination)
    {
        var local = connection.LocalEndPoint;
        return new Flow
        {
            Id = sink.NextFlowId(),
            StartedAt = services.Time.GetUtcNow(),
            Client = connection,
            Scheme = destination?.Scheme ?? "http",
            Host = destination is { } known ? DisplayHost(known) : local.Address.ToString(),
            Port = destination?.Port ?? local.Port,
            Path = client.Outgoing.Target,
            Request = client.Request,
            RequestHeadWireSize = client.RequestHeadWireSize,
            RequestBodyWireSize = 0,
        };
    }

    /// <summary>The name where the client went to an address but asked for a name in its TLS handshake.</summary>
    private static string DisplayHost(Destination destination) =>
        destination.ServerName is { } name && IPAddress.TryParse(destination.Host, out _) ? name : destination.Host;
}
