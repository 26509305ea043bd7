namespace MitmWeb.Web.Api;

/// <summary>What several flows come to.</summary>
/// <param name="Flows">How many of them there are (still).</param>
/// <param name="RequestSize">Body bytes from clients.</param>
/// <param name="ResponseSize">Body bytes from servers.</param>
/// <param name="SpanMs">Milliseconds from the start of the first to the end of the last; of those that run, their start counts.</param>
/// <param name="MeanMs">Milliseconds that one took on average; null when none has ended.</param>
/// <param name="SlowestMs">Milliseconds of the one that took longest; null when none has ended.</param>
/// <param name="Errors">How many failed or were answered with 4xx or 5xx.</param>
/// <param name="Hosts">How many hosts were asked.</param>
/// <param name="Statuses">How many there are of each class of status, the most first: <c>2xx</c>; <c>none</c> without a response.</param>
/// <param name="TopHosts">The hosts that were asked most, the most first; ten at most.</param>
public sealed record FlowSummaryDto(
    long Flows,
    long RequestSize,
    long ResponseSize,
    double SpanMs,
    double? MeanMs,
    double? SlowestMs,
    long Errors,
    int Hosts,
    IReadOnlyList<NamedCountDto> Statuses,
    IReadOnlyList<NamedCountDto> TopHosts);
