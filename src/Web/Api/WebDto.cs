namespace MitmWeb.Web.Api;

/// <summary>The dashboard itself.</summary>
/// <param name="Url">Its address, without the token.</param>
public sealed record WebDto(string Url);
