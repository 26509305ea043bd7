using MitmWeb.Proxy.Sql;

namespace MitmWeb.Web.Cli;

/// <summary>What <c>mitmweb sql</c> was asked for.</summary>
/// <param name="File">The session file, as an absolute path.</param>
/// <param name="Statement">The statement; null to read it from standard input.</param>
/// <param name="Format">How the answer is written.</param>
/// <param name="Blobs">How BLOBs are written.</param>
/// <param name="GuardFormulas">Whether CSV is made safe for spreadsheets.</param>
/// <param name="Limits">What the statement may take and give.</param>
/// <param name="Output">The file for the answer, as an absolute path; null for standard output.</param>
internal sealed record SqlOptions(
    string File, string? Statement, SqlFormat Format, SqlBlobText Blobs, bool GuardFormulas, SqlLimits Limits, string? Output);
