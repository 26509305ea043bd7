using SQLitePCL;

namespace MitmWeb.Proxy.Sql;

/// <summary>Lets statements read and nothing else (https://www.sqlite.org/c3ref/set_authorizer.html). It knows what is allowed, not what is
/// forbidden, so that nothing that a newer SQLite can do slips through.</summary>
internal sealed class SqlGuard
{
    /// <summary>SQLite's own functions that take a time in proportion to what they are given, and have no effects.</summary>
    private static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "abs", "avg", "char", "coalesce", "count", "cume_dist", "date", "datetime", "dense_rank", "first_value", "glob", "group_concat", "hex",
        "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_each", "json_extract", "json_group_array",
        "json_group_object", "json_insert", "json_object", "json_quote", "json_remove", "json_replace", "json_set", "json_tree", "json_type",
        "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "likelihood", "likely", "lower", "ltrim", "max", "min",
        "nth_value", "ntile", "nullif", "percent_rank", "printf", "quote", "random", "rank", "replace", "round", "row_number", "rtrim", "sign",
        "sqlite_version", "strftime", "substr", "substring", "subtype", "sum", "time", "total", "trim", "typeof", "unicode", "unlikely", "upper", "zeroblob",
    };

    /// <summary>What of SQLite tells about the schema and changes nothing.</summary>
    private static readonly HashSet<string> Pragmas = new(StringComparer.OrdinalIgnoreCase) { "table_info", "table_xinfo" };

    private readonly HashSet<string> _own = new(SqlFunctions.Names, StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the statement was refused, in a sentence; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What is wrong in the text.</summary>
    public string? RefusedWord { get; private set; }

    /// <summary>Whether a statement may do this.</summary>
    public bool Permits(int action, string? first, string? second)
    {
        switch (action)
        {
            case raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE:
            case raw.SQLITE_FUNCTION when Functions.Contains(second!) || _own.Contains(second!):
            case raw.SQLITE_PRAGMA when Pragmas.Contains(first!):
                return true;
            case raw.SQLITE_FUNCTION:
                Refuse($"The function {second} may not be called here.", second);
                return false;
            case raw.SQLITE_PRAGMA:
                Refuse($"PRAGMA {first} may not be used here: statements only read. The views and their columns are listed beside the editor and by PRAGMA table_info(flows).", "PRAGMA");
                return false;
            default:
                Refuse($"{Verb(action)} is refused: statements only read. Write a SELECT; to change a session use the dashboard.", Verb(action).Split(' ')[0]);
                return false;
        }
    }

    private void Refuse(string sentence, string? word) => (Refusal, RefusedWord) = (Refusal ?? sentence, RefusedWord ?? word);

    private static string Verb(int action) => action switch
    {
        raw.SQLITE_INSERT => "INSERT",
        raw.SQLITE_UPDATE => "UPDATE",
        raw.SQLITE_DELETE => "DELETE",
        raw.SQLITE_ATTACH => "ATTACH",
        raw.SQLITE_DETACH => "DETACH",
        raw.SQLITE_TRANSACTION => "BEGIN, COMMIT and ROLLBACK",
        raw.SQLITE_SAVEPOINT => "SAVEPOINT",
        raw.SQLITE_ALTER_TABLE => "ALTER TABLE",
        raw.SQLITE_REINDEX => "REINDEX",
        raw.SQLITE_ANALYZE => "ANALYZE",
        raw.SQLITE_DROP_INDEX or raw.SQLITE_DROP_TABLE or raw.SQLITE_DROP_TEMP_INDEX or raw.SQLITE_DROP_TEMP_TABLE or raw.SQLITE_DROP_TEMP_TRIGGER
            or raw.SQLITE_DROP_TEMP_VIEW or raw.SQLITE_DROP_TRIGGER or raw.SQLITE_DROP_VIEW or raw.SQLITE_DROP_VTABLE => "DROP",
        raw.SQLITE_CREATE_INDEX or raw.SQLITE_CREATE_TABLE or raw.SQLITE_CREATE_TEMP_INDEX or raw.SQLITE_CREATE_TEMP_TABLE
            or raw.SQLITE_CREATE_TEMP_TRIGGER or raw.SQLITE_CREATE_TEMP_VIEW or raw.SQLITE_CREATE_TRIGGER or raw.SQLITE_CREATE_VIEW
            or raw.SQLITE_CREATE_VTABLE => "CREATE",
        _ => "What changes something",
    };
}
