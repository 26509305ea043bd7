namespace MitmWeb.Web.Api;

/// <summary>A column of a view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>integer</c>, <c>real</c>, <c>text</c> or <c>blob</c>.</param>
/// <param name="Help">What it means.</param>
public sealed record SqlColumnDto(string Name, string Type, string Help);
