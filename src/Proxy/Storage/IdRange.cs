using System.Text.Json;

namespace MitmWeb.Proxy.Storage;

/// <summary>Some ids that follow each other, or some of these.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Flows">How many flows have one of them.</param>
internal readonly record struct IdRange(long From, long To, long Flows)
{
    /// <summary>The ids that are meant, as a JSON array; null for all between the first and the last.</summary>
    public string? Only { get; private init; }

    /// <summary>The condition on the flows; its parameters are the first two.</summary>
    public string Sql => Only is null ? "flow.id BETWEEN ?1 AND ?2" : "flow.id IN (SELECT value FROM json_each(?1)) AND flow.id <= ?2";

    /// <summary>Of these ranges only some ids.</summary>
    /// <param name="ranges">The ranges, in their order.</param>
    /// <param name="ids">The ids, in their order.</param>
    public static List<IdRange> Narrow(IReadOnlyList<IdRange> ranges, long[] ids)
    {
        var narrow = new List<IdRange>();
        var next = 0;
        foreach (var range in ranges)
        {
            while (next < ids.Length && ids[next] < range.From)
            {
                next++;
            }

            var first = next;
            while (next < ids.Length && ids[next] <= range.To)
            {
                next++;
            }

            if (next > first)
            {
                narrow.Add(new IdRange(ids[first], ids[next - 1], next - first) { Only = JsonSerializer.Serialize(ids[first..next]) });
            }
        }

        return narrow;
    }

    /// <summary>Binds what <see cref="Sql"/> left open.</summary>
    public Statement Bind(Statement statement) => (Only is null ? statement.Bind(1, From) : statement.Bind(1, Only)).Bind(2, To);
}
