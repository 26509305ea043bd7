using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>What the flows of a session are counted by.</summary>
internal sealed partial class SessionReader
{
    /// <summary>Goes through all flows, in any order.</summary>
    /// <returns>The change up to which that is so.</returns>
    public long Outline(Action<FlowOutline> take) => Snapshot(() =>
    {
        var at = Progress();
        ReadOutline(Prepared($"SELECT host, '', client_address, content_type, request_content_type, {IsError} FROM flow"), take);
        return at.Seq;
    });

    /// <summary>Goes through the flows of one host whose path begins with this one and a slash.</summary>
    /// <returns>The change up to which that is so.</returns>
    public long Outline(string host, string path, Action<FlowOutline> take) => Snapshot(() =>
    {
        var at = Progress();
        var select = Prepared($"SELECT host, path, '', NULL, NULL, {IsError} FROM flow WHERE host = ?1 AND path >= ?2 AND path < ?3")
            .Bind(1, host).Bind(2, path + "/").Bind(3, path + (char)('/' + 1));
        ReadOutline(select, take);
        return at.Seq;
    });

    private static string IsError => $"(state = {(int)FlowState.Error} OR ifnull(status, 0) >= 400)";

    private static void ReadOutline(Statement select, Action<FlowOutline> take)
    {
        try
        {
            while (select.Step())
            {
                take(new FlowOutline(
                    select.Text(0), select.Text(1), select.Text(2), select.NullableText(3), select.NullableText(4), select.Int32(5) != 0));
            }
        }
        finally
        {
            select.Reset();
        }
    }
}
