using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>Tells whether a flow's content has changed since it was written, without reading it.</summary>
internal readonly record struct ContentStamp(
    FlowState State,
    RequestHead? Request,
    HeaderList? RequestTrailers,
    int Interim,
    ResponseHead? Response,
    HeaderList? ResponseTrailers,
    ServerConnection? Server,
    FlowError? Error)
{
    public static ContentStamp Of(Flow flow) => new(
        flow.State,
        flow.Request,
        flow.RequestTrailers,
        flow.Interim.Count,
        flow.Response,
        flow.ResponseTrailers,
        flow.Server,
        flow.Error);
}
