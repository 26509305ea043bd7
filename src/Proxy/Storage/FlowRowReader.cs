using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>Rows of <c>flow</c> from a statement that selects <see cref="Schema.FlowColumns"/>.</summary>
internal static class FlowRowReader
{
    /// <summary>How many columns there are: whatever else a statement selects comes after them.</summary>
    public const int Columns = 30;

    public static FlowRow Read(Statement row) => new()
    {
        Id = row.Int64(0),
        Seq = row.Int64(1),
        Kind = (FlowKind)row.Int32(2),
        State = (FlowState)row.Int32(3),
        StartedAt = Microseconds.ToTime(row.Int64(4)),
        Method = row.Text(5),
        Scheme = row.Text(6),
        Host = row.Text(7),
        Port = row.Int32(8),
        Path = row.Text(9),
        Status = row.IsNull(10) ? null : row.Int32(10),
        Reason = row.NullableText(11),
        ContentType = row.NullableText(12),
        RequestSize = row.Int64(13),
        ResponseSize = row.Int64(14),
        Duration = row.NullableInt64(15),
        TimeToFirstByte = row.NullableInt64(16),
        HttpVersion = row.NullableText(17),
        ServerHttpVersion = row.NullableText(18),
        ClientAddress = row.Text(19),
        ServerAddress = row.NullableText(20),
        Error = row.NullableText(21),
        ModifiedBy = row.NullableText(22),
        HostHeader = row.NullableText(23),
        RequestContentType = row.NullableText(24),
        Marker = row.NullableText(25),
        Comment = row.NullableText(26),
        Tags = row.NullableText(27),
        IsPinned = row.Int32(28) != 0,
        Meta = row.NullableText(29),
    };
}
