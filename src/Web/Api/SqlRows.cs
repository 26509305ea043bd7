using MitmWeb.Proxy.Sql;

namespace MitmWeb.Web.Api;

/// <summary>An answer in memory.</summary>
internal sealed class SqlRows : ISqlOutput
{
    private readonly List<object?[]> _rows = [];
    private IReadOnlyList<string> _columns = [];

    public void Begin(IReadOnlyList<string> columns) => _columns = columns;

    public void Add(SqlRow row)
    {
        var values = new object?[row.Columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = row.Kind(i) switch
            {
                SqlKind.Integer => row.Integer(i),
                SqlKind.Real when double.IsFinite(row.Real(i)) => row.Real(i),
                SqlKind.Real or SqlKind.Text => row.Text(i),
                SqlKind.Blob => Convert.ToHexStringLower(row.Blob(i)),
                _ => null,
            };
        }

        _rows.Add(values);
    }

    public void End(SqlOutcome outcome)
    {
    }

    public SqlAnswerDto Answer(SqlOutcome outcome) => new(_columns, _rows, Name(outcome.Cut), outcome.Elapsed.TotalMilliseconds);

    /// <summary>The name of a limit in the API.</summary>
    public static string? Name(SqlCut cut) => cut switch
    {
        SqlCut.Rows => "rows",
        SqlCut.Bytes => "bytes",
        _ => null,
    };
}
