namespace MitmWeb.Web.Api;

/// <summary>A window on the list of flows, everything in it from one moment.</summary>
/// <param name="Total">How many flows match.</param>
/// <param name="Seq">The greatest change number at that moment.</param>
/// <param name="Offset">The position of the first row.</param>
/// <param name="Flows">The rows in their order.</param>
public sealed record FlowListDto(long Total, long Seq, long Offset, IReadOnlyList<FlowRowDto> Flows);
