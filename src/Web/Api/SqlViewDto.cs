namespace MitmWeb.Web.Api;

/// <summary>A view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Help">What a row of it is.</param>
/// <param name="Columns">Its columns.</param>
public sealed record SqlViewDto(string Name, string Help, IReadOnlyList<SqlColumnDto> Columns);
