namespace MitmWeb.Web.Api;

/// <summary>An interim (1xx) response.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The reason phrase.</param>
/// <param name="HttpVersion">The version as it was sent.</param>
/// <param name="Headers">Pairs of name and value in wire order, Latin-1 text.</param>
public sealed record InterimDto(int Status, string Reason, string HttpVersion, string[][] Headers);
