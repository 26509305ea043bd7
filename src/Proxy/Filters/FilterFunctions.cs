namespace MitmWeb.Proxy.Filters;

/// <summary>The names of the functions that a filter's SQL calls; the connections that read have them. The first argument is the number of the
/// test; the answer is 0 or 1.</summary>
internal static class FilterFunctions
{
    /// <summary>(test, text); NULL for NULL.</summary>
    public const string Text = "filter_text";

    /// <summary>The same, for texts that many flows share: the answers are remembered.</summary>
    public const string Value = "filter_value";

    /// <summary>(test, scheme, host, port, path): a test of the address.</summary>
    public const string Url = "filter_url";

    /// <summary>(test, request_head, request_trailers, response_head, response_trailers).</summary>
    public const string Heads = "filter_heads";

    /// <summary>(test, client_connection_id, server_connection_id).</summary>
    public const string Connections = "filter_connections";

    /// <summary>(test, id of the flow): a test of the bodies.</summary>
    public const string Bodies = "filter_bodies";
}
