using System.ComponentModel.DataAnnotations;

namespace MitmWeb.Web.Api;

/// <summary>What a statement gave.</summary>
/// <param name="Columns">The names of the columns; two may be the same.</param>
/// <param name="Rows">The rows; a value is a number, a string or null. BLOBs are hexadecimal, infinity is a string.</param>
/// <param name="Cut">Which limit left rows out: <c>rows</c>, or <c>bytes</c> (16 MiB); null when the answer is whole.</param>
/// <param name="ElapsedMs">How long it took.</param>
public sealed record SqlAnswerDto(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<object?>> Rows,
    [property: AllowedValues("rows", "bytes", null)] string? Cut,
    double ElapsedMs);
