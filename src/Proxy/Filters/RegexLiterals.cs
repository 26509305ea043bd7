using System.Text;

namespace MitmWeb.Proxy.Filters;

/// <summary>
/// Texts of which one must be part of every text that a regular expression is found in. Looking for them first is many times faster than asking the
/// expression. Only what is certain is taken: of a pattern with anything unusual in it there are none.
/// </summary>
internal sealed class RegexLiterals
{
    private const int MaxBranches = 8;
    private const int MinLength = 2;

    private RegexLiterals(string[] texts, bool isWhole) => (Texts, IsWhole) = (texts, isWhole);

    /// <summary>The texts; one of them is there, in whatever case.</summary>
    public string[] Texts { get; }

    /// <summary>Whether the pattern is nothing but these texts, side by side with <c>|</c>.</summary>
    public bool IsWhole { get; }

    /// <summary>Those of a valid pattern; null when none are certain.</summary>
    public static RegexLiterals? Of(string pattern)
    {
        var (branches, whole) = (new List<string>(), true);
        var (best, run) = ("", new StringBuilder());
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '|':
                    EndBranch();
                    break;
                case '\\' when i + 1 < pattern.Length && IsPlainEscape(pattern[i + 1]):
                    run.Append(pattern[++i]);
                    break;
                case '\\' when i + 1 < pattern.Length && "dDwWsSbB".Contains(pattern[i + 1], StringComparison.Ordinal):
                    i++;
                    EndRun();
                    break;
                case '*' or '?' or '{':
                    // Not even the character before it must be there.
                    run.Length = Math.Max(0, run.Length - 1);
                    EndRun();
                    if (c == '{')
                    {
                        i = pattern.IndexOf('}', i);
                        if (i < 0)
                        {
                            return null;
                        }
                    }

                    break;
                case '+' or '.' or '^' or '$':
                    EndRun();
                    break;
                case '[':
                    i = EndOfSet(pattern, i);
                    EndRun();
                    if (i < 0)
                    {
                        return null;
                    }

                    break;
                case '(':
                    i = EndOfGroup(pattern, i);
                    EndRun();
                    if (i < 0)
                    {
                        return null;
                    }

                    break;
                case '\\' or ')' or ']' or '}' or '#' or > '\x7e' or < ' ':
                    return null;
                default:
                    run.Append(c);
                    break;
            }
        }

        EndBranch();
        return branches.Count <= MaxBranches && branches.TrueForAll(branch => branch.Length >= MinLength) ? new RegexLiterals([.. branches], whole) : null;

        void EndRun()
        {
            whole = false;
            Keep();
        }

        void EndBranch()
        {
            Keep();
            branches.Add(best);
            best = "";
        }

        void Keep()
        {
            best = run.Length > best.Length ? run.ToString() : best;
            run.Clear();
        }
    }

    private static bool IsPlainEscape(char c) => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c);

    private static int EndOfSet(string pattern, int start)
    {
        // A bracket that comes first is a member; sets within sets are left alone.
        var i = start + 1;
        i += i < pattern.Length && pattern[i] == '^' ? 1 : 0;
        i += i < pattern.Length && pattern[i] == ']' ? 1 : 0;
        for (; i < pattern.Length && pattern[i] != ']'; i++)
        {
            if (pattern[i] == '[')
            {
                return -1;
            }

            i += pattern[i] == '\\' ? 1 : 0;
        }

        return i < pattern.Length ? i : -1;
    }

    private static int EndOfGroup(string pattern, int start)
    {
        // Groups may be optional or change options: what is in them is passed over, but those that may reach beyond themselves end it all.
        if (start + 1 < pattern.Length && pattern[start + 1] == '?' && !(start + 2 < pattern.Length && pattern[start + 2] is ':' or '=' or '!'))
        {
            return -1;
        }

        for (var i = start + 1; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    i = EndOfSet(pattern, i);
                    if (i < 0)
                    {
                        return -1;
                    }

                    break;
                case '(':
                    i = EndOfGroup(pattern, i);
                    if (i < 0)
                    {
                        return -1;
                    }

                    break;
                case ')':
                    return i;
            }
        }

        return -1;
    }
}
