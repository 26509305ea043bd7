using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>What has changed since the last message.</summary>
/// <param name="Seq">The greatest change number now.</param>
/// <param name="Total">How many flows match now.</param>
/// <param name="Rows">The matching flows that are new or have changed, each once, in the order of their change numbers.</param>
/// <param name="Removed">Flows that were deleted or match no longer.</param>
/// <param name="Reset">Whether the client must load anew.</param>
public sealed record ChangesDto(long Seq, long Total, IReadOnlyList<FlowRowDto> Rows, IReadOnlyList<long> Removed, bool Reset);
