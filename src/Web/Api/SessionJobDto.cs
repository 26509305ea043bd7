using System.ComponentModel.DataAnnotations;

namespace MitmWeb.Web.Api;

/// <summary>Something that is done to sessions in the background.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Session">The session that it is done to, or that comes of it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Progress">How much is done, from 0 to 1.</param>
/// <param name="Result">What came of it, in a sentence; null when it has not ended well.</param>
/// <param name="Problem">Why it failed, in a sentence; null when it did not.</param>
public sealed record SessionJobDto(
    long Id,
    [property: AllowedValues("duplicate", "merge", "compact", "upgrade")] string Kind,
    string Session,
    [property: AllowedValues("running", "done", "failed", "cancelled")] string State,
    double Progress,
    string? Result,
    string? Problem);
