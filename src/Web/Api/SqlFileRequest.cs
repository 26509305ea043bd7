using System.ComponentModel.DataAnnotations;

namespace MitmWeb.Web.Api;

/// <summary>A statement to run into a file.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Format">How the file is written: <c>csv</c> (RFC 4180; the default), <c>json</c> (an array of objects) or <c>jsonl</c> (an object on each line).</param>
/// <param name="Limit">The most rows, at most 1 000 000, which is the default.</param>
/// <param name="TimeoutMs">How long it may run, in milliseconds, at most 120 000, which is the default.</param>
/// <param name="Blobs">How BLOBs are written: <c>hex</c> (the default) or <c>base64</c>.</param>
/// <param name="GuardFormulas">Whether texts in CSV that a spreadsheet would take for a formula get an apostrophe before them.</param>
public sealed record SqlFileRequest(
    string? Sql,
    [property: AllowedValues("csv", "json", "jsonl", null)] string? Format = null,
    int? Limit = null,
    int? TimeoutMs = null,
    [property: AllowedValues("hex", "base64", null)] string? Blobs = null,
    bool GuardFormulas = false);
