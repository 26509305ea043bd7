using MitmWeb.Proxy.Sql;

namespace MitmWeb.Web.Api;

/// <summary>What statements can read and call, and some to begin with.</summary>
/// <param name="Views">The views.</param>
/// <param name="Functions">The functions besides SQLite's own.</param>
/// <param name="Examples">Statements.</param>
public sealed record SqlSchemaDto(IReadOnlyList<SqlViewDto> Views, IReadOnlyList<SqlFunctionDto> Functions, IReadOnlyList<SqlExampleDto> Examples)
{
    internal static SqlSchemaDto Create() => new(
        [.. SqlViews.All.Select(view => new SqlViewDto(view.Name, view.Help, [.. view.Columns.Select(column => new SqlColumnDto(column.Name, column.Type, column.Help))]))],
        [.. SqlViews.Functions.Select(function => new SqlFunctionDto(function.Call, function.Help))],
        [.. SqlViews.Examples.Select(example => new SqlExampleDto(example.Title, example.Sql))]);
}
