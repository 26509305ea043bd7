namespace MitmWeb.Web.Api;

/// <summary>A statement to begin with.</summary>
/// <param name="Title">What it answers.</param>
/// <param name="Sql">The statement.</param>
public sealed record SqlExampleDto(string Title, string Sql);
