using System.ComponentModel.DataAnnotations;

namespace MitmWeb.Web.Api;

/// <summary>Why a flow failed.</summary>
/// <param name="Step">The step: <c>clientTls</c>, <c>request</c>, <c>dns</c>, <c>connect</c>, <c>serverTls</c>, <c>send</c>, <c>response</c>, or <c>proxy</c>.</param>
/// <param name="Message">What happened, in one plain sentence.</param>
/// <param name="Detail">What the platform said; may be empty.</param>
/// <param name="Fix">What to do about it; may be empty.</param>
public sealed record FlowErrorDto(
    [property: AllowedValues("clientTls", "request", "dns", "connect", "serverTls", "send", "response", "proxy")] string Step,
    string Message,
    string Detail,
    string Fix);
