using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>What a flow is counted by: where it went, who sent it, what was in it, and whether it failed.</summary>
/// <param name="Host">The host, without brackets.</param>
/// <param name="Path">Path and query.</param>
/// <param name="ClientAddress">The client's address and port.</param>
/// <param name="ResponseType">The response's media type, or null.</param>
/// <param name="RequestType">The request's media type, or null.</param>
/// <param name="IsError">Whether it failed, or was answered with a status of 400 and above.</param>
public readonly record struct FlowOutline(string Host, string Path, string ClientAddress, string? ResponseType, string? RequestType, bool IsError)
{
    public static FlowOutline Of(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(row.Host, row.Path, row.ClientAddress, row.ContentType, row.RequestContentType, row.State == FlowState.Error || row.Status >= 400);
    }
}
