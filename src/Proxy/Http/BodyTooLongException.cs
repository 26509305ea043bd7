using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Http;

/// <summary>A body is longer than <see cref="ProxyOptions.BodySizeLimit"/> allows.</summary>
internal sealed class BodyTooLongException(MessageSide side, long limit) : Exception("The body is longer than the limit.")
{
    public MessageSide Side => side;

    public FlowError Describe() => new(
        side == MessageSide.Request ? FlowStep.Request : FlowStep.Response,
        $"The {(side == MessageSide.Request ? "request" : "response")}'s body is longer than the limit of {limit} bytes.",
        "",
        "The limit was set with --body-size-limit: start MitmWeb without it, or with a larger one.");
}
