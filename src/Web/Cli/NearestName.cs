namespace MitmWeb.Web.Cli;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest changes from <paramref name="typed"/>, or null when none is close.</summary>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known)
        {
            // What is typed shorter on purpose (--password for --web-password, --listen for --listen-port) is near as well.
            var contained = typed.Length > 4 && name.Contains(typed.TrimStart('-'), StringComparison.OrdinalIgnoreCase);
            var distance = contained ? 1 : Distance(typed, name);
            var limit = Math.Min(typed.Length, name.Length) / 3;
            if (distance <= limit && distance < bestDistance)
            {
                best = name;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>The number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            table[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            table[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                var least = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                }

                table[i, j] = least;
            }
        }

        return table[a.Length, b.Length];
    }
}
