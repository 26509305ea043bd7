namespace MitmWeb.Proxy.Storage;

/// <summary>How far a session has come: the one row of <c>progress</c>, written with each commit.</summary>
/// <param name="Seq">The greatest change number.</param>
/// <param name="Flows">The number of flows.</param>
/// <param name="LastFlowId">The greatest flow id ever stored.</param>
/// <param name="LastConnectionId">The greatest connection id ever stored.</param>
/// <param name="ClearedSeq">The change that deleted all flows, or all up to an id, last; 0 when none did.</param>
/// <param name="ClearedFlowId">Flows up to this id were deleted by it.</param>
internal readonly record struct SessionProgress(
    long Seq,
    long Flows,
    long LastFlowId,
    long LastConnectionId,
    long ClearedSeq,
    long ClearedFlowId)
{
    public const string Sql = "SELECT seq, flows, last_flow_id, last_connection_id, cleared_seq, cleared_flow_id FROM progress";

    public static SessionProgress Read(Statement row) =>
        new(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4), row.Int64(5));
}
