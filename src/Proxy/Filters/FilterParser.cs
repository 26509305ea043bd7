using System.Buffers;
using System.Text;

namespace MitmWeb.Proxy.Filters;

/// <summary>
/// Reads the filter language (docs/filters.md has the grammar) by recursive descent. It never throws: the first thing that is wrong ends it, and
/// <see cref="Error"/> says what.
/// </summary>
/// <param name="text">The filter.</param>
/// <param name="now">The present.</param>
/// <param name="zone">The zone of times without one.</param>
/// <param name="language">Saved views, and the case of <c>~</c> operators.</param>
/// <param name="path">The views that this text is part of, the outermost first.</param>
internal sealed class FilterParser(string text, DateTimeOffset now, TimeZoneInfo zone, FilterLanguage language, IReadOnlyList<string> path)
{
    /// <summary>The longest filter.</summary>
    public const int MaxLength = 4000;

    /// <summary>How deep parentheses and negations may be nested: far less than the stack bears, far more than anybody can read.</summary>
    public const int MaxDepth = 50;

    /// <summary>The most tests in a filter; SQLite allows expressions to be 1000 deep, and a row of ANDs is as deep as it is long.</summary>
    public const int MaxTerms = 200;

    private const string TermExpected = "a word, an operator like ~d, or a field like host:";

    private static readonly SearchValues<char> Special = SearchValues.Create(@"\*+?|{[()^$.");

    private int _at;
    private int _depth;
    private int _terms;

    /// <summary>What is wrong; null when nothing is.</summary>
    public FilterError? Error { get; private set; }

    /// <summary>Reads the whole text.</summary>
    /// <returns>The tree; null when there is an error.</returns>
    public FilterNode? Parse()
    {
        if (text.Length > MaxLength)
        {
            return Fail(MaxLength, text.Length - MaxLength, $"The filter is {text.Length} characters long; at most {MaxLength} are allowed.");
        }

        SkipSpace();
        if (_at == text.Length)
        {
            return EverythingNode.Instance;
        }

        var tree = Or();
        if (tree is not null && _at < text.Length)
        {
            return Fail(_at, 1, "This closing parenthesis has no opening one.", "the end, or another term", "");
        }

        return tree;
    }

    private FilterNode? Or()
    {
        var terms = new List<FilterNode>();
        while (true)
        {
            if (And() is not { } term)
            {
                return null;
            }

            terms.Add(term);
            SkipSpace();
            if (!TryOperator('|', "OR"))
            {
                return OrNode.Of(terms);
            }
        }
    }

    private FilterNode? And()
    {
        var terms = new List<FilterNode>();
        while (true)
        {
            if (Not() is not { } term)
            {
                return null;
            }

            terms.Add(term);
            SkipSpace();
            if (_at == text.Length || text[_at] == ')' || text[_at] == '|' || IsKeyword("OR"))
            {
                return AndNode.Of(terms);
            }

            TryOperator('&', "AND");
        }
    }

    private FilterNode? Not()
    {
        SkipSpace();
        var negations = 0;
        while (_at < text.Length)
        {
            var minus = text[_at] == '-' && _at + 1 < text.Length && !char.IsWhiteSpace(text[_at + 1]);
            var length = text[_at] == '!' || minus ? 1 : IsKeyword("NOT") ? 3 : 0;
            if (length == 0)
            {
                break;
            }

            if (++negations + _depth > MaxDepth)
            {
                return TooDeep();
            }

            _at += length;
            SkipSpace();
        }

        _depth += negations;
        var node = Term();
        _depth -= negations;
        for (; node is not null && negations > 0; negations--)
        {
            node = new NotNode(node);
        }

        return node;
    }

    private FilterNode? Term()
    {
        if (_at == text.Length)
        {
            return Fail(_at, 0, "The filter ends where a term is missing.", TermExpected);
        }

        if (text[_at] == '(')
        {
            return Group();
        }

        if (text[_at] is ')' or '|' or '&')
        {
            return Fail(_at, 1, $"A term is missing before “{text[_at]}”.", TermExpected);
        }

        if (IsKeyword("AND") || IsKeyword("OR"))
        {
            return Fail(_at, text[_at] == 'A' ? 3 : 2, $"A term is missing before {(text[_at] == 'A' ? "AND" : "OR")}; in quotes it is a text.", TermExpected);
        }

        if (++_terms > MaxTerms)
        {
            return Fail(_at, 1, $"The filter has more than {MaxTerms} terms.");
        }

        return text[_at] == '~' ? Operator() : Field() ?? (Error is null ? BareText() : null);
    }

    private FilterNode? Group()
    {
        var open = _at++;
        if (++_depth > MaxDepth)
        {
            _at = open;
            return TooDeep();
        }

        SkipSpace();
        if (_at < text.Length && text[_at] == ')')
        {
            return Fail(open, _at + 1 - open, "There is nothing in these parentheses.", TermExpected, "");
        }

        var node = Or();
        _depth--;
        if (node is null)
        {
            return null;
        }

        if (_at == text.Length)
        {
            return Fail(open, 1, "This parenthesis is never closed.", "“)” further on");
        }

        _at++;
        return node;
    }

    private FilterNode? Operator()
    {
        var start = _at++;
        while (_at < text.Length && char.IsAsciiLetter(text[_at]))
        {
            _at++;
        }

        var letters = text[(start + 1).._at];
        if (FilterOperators.Find(letters) is not { } info)
        {
            var near = FilterOperators.Find(letters.ToLowerInvariant())?.Operator ?? NearestWord.Find(letters, FilterOperators.Names);
            var message = letters.Length == 0 ? "The name of an operator is missing after “~”." : $"Unknown operator ~{letters}";
            return Fail(
                start,
                _at - start,
                letters.Length == 0 ? message : near is null ? message + "." : $"{message}; did you mean ~{near}?",
                "an operator like ~d, ~u or ~c",
                near is null || letters.Length == 0 ? null : "~" + near);
        }

        if (info.Argument == OperatorArgument.None)
        {
            return info.Flag is { } flag ? new FlagNode(flag) : EverythingNode.Instance;
        }

        var operatorEnd = _at;
        SkipSpace();
        var status = info.Argument == OperatorArgument.Status;
        var expected = status ? "a status code like 404, 4xx, 400..499 or >=500" : "a regular expression, in quotes when it has spaces or begins with “|”";
        var from = _at;
        string? value;
        if (_at < text.Length && text[_at] is '"' or '\'')
        {
            value = Quoted();
            if (value is null)
            {
                return null;
            }
        }
        else
        {
            value = status ? Word(stopAtOperators: true) : RegexWord();
        }

        if (value.Length == 0)
        {
            return Fail(operatorEnd, 0, $"~{letters} needs {(status ? "a status code" : "a regular expression")} after it.", expected);
        }

        return status
            ? StatusArgument(value, from)
            : Matching(info.Field!.Value, info.Name, language.IsCaseSensitive ? TextTest.Regex : TextTest.RegexIgnoringCase, value, from, _at - from);
    }

    private FilterNode? StatusArgument(string value, int from)
    {
        var (test, rest) = value switch
        {
            ['>', '=', ..] => (NumberTest.GreaterOrEqual, value[2..]),
            ['<', '=', ..] => (NumberTest.LessOrEqual, value[2..]),
            ['>', ..] => (NumberTest.Greater, value[1..]),
            ['<', ..] => (NumberTest.Less, value[1..]),
            _ => (NumberTest.In, value),
        };
        var parts = test == NumberTest.In ? rest.Split(',') : [rest];
        var nodes = new List<FilterNode>();
        foreach (var part in parts)
        {
            if (++_terms > MaxTerms || Number(FilterFields.Info(FilterField.Status), test, part, from, _at - from) is not { } node)
            {
                return Fail(from, _at - from, $"The filter has more than {MaxTerms} terms.");
            }

            nodes.Add(node);
        }

        return OrNode.Of(nodes);
    }

    /// <summary>Reads <c>field:value</c>.</summary>
    /// <returns>Null also when there is no field here; then there is no error, and nothing has been read.</returns>
    private FilterNode? Field()
    {
        var start = _at;
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == start || end == text.Length || char.IsAsciiDigit(text[start]))
        {
            return null;
        }

        var word = text[start..end];
        string? name = null;
        var info = FilterFields.Find(word);
        if (text[end] == '.' && info is { Named: not FieldName.None })
        {
            var nameStart = ++end;
            while (end < text.Length && IsNameCharacter(text[end]))
            {
                end++;
            }

            name = text[nameStart..end].ToLowerInvariant();
            if (name.Length == 0)
            {
                return Fail(end, 0, $"A name is missing after “{word}.”.", $"a name, as in {info.Example}");
            }
        }

        var operatorLength = end == text.Length ? 0 : text[end] switch
        {
            ':' or '=' => 1,
            '!' when Follows(end, '=') => 2,
            '>' or '<' => Follows(end, '=') ? 2 : 1,
            _ => 0,
        };
        if (operatorLength == 0 || (text[end] == ':' && Follows(end, '/') && Follows(end + 1, '/')))
        {
            // "header.name" is a text, and so is the beginning of an address.
            return null;
        }

        var test = text.Substring(end, operatorLength);
        var isFlag = word.Equals("is", StringComparison.OrdinalIgnoreCase);
        var isView = word.Equals("view", StringComparison.OrdinalIgnoreCase);
        if (info is null && !isFlag && !isView)
        {
            return Unknown(word, start, test);
        }

        _at = end + operatorLength;
        if (isFlag)
        {
            return Is(test, start);
        }

        if (isView)
        {
            return Views(test, start);
        }

        if (info!.Named == FieldName.Required && name is null)
        {
            return Fail(start, end - start, $"{info.Name} needs a name: {info.Example}.", $"a name, as in {info.Example}");
        }

        return Values(info, name, test, start);
    }

    /// <summary>A word that is no field, before something that looks as if it were one.</summary>
    /// <returns>Always null: an error when a field is near, otherwise it is a text.</returns>
    private FilterNode? Unknown(string word, int start, string test)
    {
        if (FilterFields.NotYet.TryGetValue(word, out var reason))
        {
            return Fail(start, word.Length, $"The field {word} is not available yet: {reason}.");
        }

        var near = word.Length > 2 ? NearestWord.Find(word, FilterFields.Names) : null;
        return near is null or "is" or "view"
            ? null
            : Fail(start, word.Length, $"Unknown field {word}; did you mean {near}{test}? In quotes it is a text.", "a field like host:", near);
    }

    private FilterNode? Is(string test, int start)
    {
        var from = _at;
        var word = Word(stopAtOperators: true);
        if (test is not (":" or "=" or "!="))
        {
            return Fail(start, _at - start, "“is” takes “:”, as in is:error.", "is:error");
        }

        if (FilterOperators.FindWord(word) is { Flag: { } flag })
        {
            return test == "!=" ? new NotNode(new FlagNode(flag)) : new FlagNode(flag);
        }

        var near = NearestWord.Find(word, FilterOperators.Words);
        var expected = string.Join(", ", FilterOperators.Words);
        return word.Length == 0
            ? Fail(_at, 0, "A word is missing after “is:”.", expected)
            : Fail(from, _at - from, $"A flow cannot be “{word}”{(near is null ? "." : $"; did you mean is:{near}?")}", expected, near);
    }

    private FilterNode? Views(string test, int start)
    {
        if (test is not (":" or "=" or "!="))
        {
            return Fail(start, _at - start, "“view” takes “:”, as in view:errors.", "view:name");
        }

        var alternatives = new List<FilterNode>();
        while (true)
        {
            if (View() is not { } node)
            {
                return null;
            }

            alternatives.Add(test == "!=" ? new NotNode(node) : node);
            if (_at >= text.Length || text[_at] != ',')
            {
                return test == "!=" ? AndNode.Of(alternatives) : OrNode.Of(alternatives);
            }

            _at++;
        }
    }

    /// <summary>Reads the name of a view, and what the view says.</summary>
    private ViewNode? View()
    {
        var from = _at;
        var name = _at < text.Length && text[_at] is '"' or '\'' ? Quoted() : Word(stopAtOperators: true, stopAtComma: true);
        if (name is null)
        {
            return null;
        }

        var names = language.Saved.Views.Select(view => view.Name);
        if (name.Length == 0)
        {
            Fail(_at, 0, "The name of a view is missing after “view:”.", "the name of a saved filter");
            return null;
        }

        if (language.Saved.Find(name) is not { } view)
        {
            var near = NearestWord.Find(name, names);
            Fail(
                from,
                _at - from,
                $"There is no view “{name}”{(near is null ? "; save a filter under this name first." : $"; did you mean view:{FilterPrinter.Word(near)}?")}",
                string.Join(", ", names.Take(10)),
                near is null ? null : FilterPrinter.Word(near));
            return null;
        }

        if (path.Contains(view.Name, StringComparer.OrdinalIgnoreCase))
        {
            Fail(from, _at - from, $"The view “{view.Name}” would use itself: {string.Join(" → ", path.Append(view.Name))}.");
            return null;
        }

        // Its terms and parentheses count as if they stood here, so that no row of views makes a filter too large.
        var inner = new FilterParser(view.Filter, now, zone, language, [.. path, view.Name]) { _depth = _depth + 1, _terms = _terms };
        if (_depth + 1 > MaxDepth || inner.Parse() is not { } node)
        {
            Fail(from, _at - from, $"The view “{view.Name}” cannot be used: {inner.Error?.Message ?? "it is nested too deep."}");
            return null;
        }

        _terms = inner._terms;
        return new ViewNode(view.Name, node);
    }

    private FilterNode? Values(FilterFieldInfo info, string? name, string test, int start)
    {
        var alternatives = new List<FilterNode>();
        var negative = test == "!=";
        while (true)
        {
            if (Value(info, name, test, start) is not { } node)
            {
                return null;
            }

            alternatives.Add(node);
            if (test is not (":" or "=" or "!=") || _at >= text.Length || text[_at] != ',')
            {
                return negative ? AndNode.Of(alternatives) : OrNode.Of(alternatives);
            }

            _at++;
            if (++_terms > MaxTerms)
            {
                return Fail(_at - 1, 1, $"The filter has more than {MaxTerms} terms.");
            }
        }
    }

    private FilterNode? Value(FilterFieldInfo info, string? name, string test, int start)
    {
        var from = _at;
        var isText = info.Kind == FieldKind.Text;
        if (isText && test is not (":" or "=" or "!="))
        {
            return Fail(start, _at - start, $"{info.Name} is a text: it takes “:”, “=” or “!=”, as in {info.Example}.", "“:”, “=” or “!=”");
        }

        if (isText && _at < text.Length && text[_at] == '/' && TrySlashed() is { } slashed)
        {
            if (test == ":" || test == "=")
            {
                return Matching(info.Field, name, slashed.Test, slashed.Pattern, from, _at - from);
            }

            return Matching(info.Field, name, slashed.Test, slashed.Pattern, from, _at - from) is { } node ? new NotNode(node) : null;
        }

        string? value;
        if (_at < text.Length && text[_at] is '"' or '\'')
        {
            value = Quoted();
            if (value is null)
            {
                return null;
            }
        }
        else if (_at < text.Length && text[_at] == '(')
        {
            return Fail(_at, 1, $"A value cannot begin with a parenthesis; put it in quotes, or repeat {info.Name}: for each value.", Expected(info));
        }
        else
        {
            value = Word(stopAtOperators: true, stopAtComma: test is ":" or "=" or "!=");
        }

        if (value.Length == 0)
        {
            return from < _at && isText && test != ":"
                ? new TextNode(info.Field, name, test == "=" ? TextTest.Equal : TextTest.NotEqual, "")
                : Fail(from, _at - from, $"A value is missing after “{text[start..from]}”.", Expected(info));
        }

        return info.Kind switch
        {
            FieldKind.Text => new TextNode(
                info.Field, name, test switch { ":" => TextTest.Contains, "=" => TextTest.Equal, _ => TextTest.NotEqual }, Clean(value)),
            FieldKind.Time => Time(test, value, from, _at - from),
            _ => Number(info, ToNumberTest(test), value, from, _at - from),
        };
    }

    private FilterNode? Number(FilterFieldInfo info, NumberTest test, string value, int from, int length)
    {
        if (!FilterNumbers.TryRead(info.Field, info.Kind, value, out var least, out var most))
        {
            return Fail(from, length, $"“{value}” is not what {info.Name} is compared with.", Expected(info));
        }

        var isRange = least != most;
        if (isRange && test is not (NumberTest.In or NumberTest.NotIn))
        {
            return Fail(from, length, $"A range cannot be compared: write {info.Name}:{value}.", "a single number");
        }

        return least > most
            ? Fail(from, length, $"The range {value} ends before it begins.", "the smaller number first")
            : new NumberNode(info.Field, test, least, most);
    }

    private FilterNode? Time(string test, string value, int from, int length)
    {
        if (!FilterTimes.TryRead(value, now, zone, out var first, out var last))
        {
            return Fail(from, length, $"“{value}” is not a time.", FilterTimes.Expected);
        }

        if (value.Contains("..", StringComparison.Ordinal) && test is not (":" or "=" or "!="))
        {
            return Fail(from, length, $"A range cannot be compared: write time:{value}.", "a single time");
        }

        if (first.IsRelative && first == last && test == ":")
        {
            // "time:-5m" can only mean the last five minutes.
            last = FilterTime.Latest;
        }

        // Later than a day is later than its last moment; from it on is from its first.
        var numberTest = ToNumberTest(test);
        (first, last) = numberTest switch
        {
            NumberTest.Greater or NumberTest.LessOrEqual => (last, last),
            NumberTest.GreaterOrEqual or NumberTest.Less => (first, first),
            _ => (first, last),
        };
        return first.IsRelative == last.IsRelative && first.Micros > last.Micros
            ? Fail(from, length, $"The range {value} ends before it begins.", "the earlier time first")
            : new TimeNode(numberTest, first, last);
    }

    private FilterNode? BareText()
    {
        var from = _at;
        if (text[_at] == '/' && TrySlashed() is { } slashed)
        {
            return Matching(FilterField.Url, null, slashed.Test, slashed.Pattern, from, _at - from);
        }

        string? value;
        if (text[_at] is '"' or '\'')
        {
            value = Quoted();
            if (value is null)
            {
                return null;
            }

            if (value.Length == 0)
            {
                return Fail(from, _at - from, "There is nothing in these quotes.", "a text", "");
            }
        }
        else
        {
            value = Word(stopAtOperators: true);
        }

        return new TextNode(FilterField.Url, null, BareTest(value), Clean(value));
    }

    /// <summary>A text that has nothing special for a regular expression, or is none, can only be meant as it stands.</summary>
    internal static TextTest BareTest(string value) =>
        value.AsSpan().IndexOfAny(Special) >= 0 && FilterRegex.Check(FilterRegex.Normalise(value)) is null
            ? TextTest.ContainsOrRegex
            : TextTest.Contains;

    private FilterNode? Matching(FilterField field, string? name, TextTest test, string pattern, int from, int length)
    {
        pattern = FilterRegex.Normalise(Clean(pattern));
        return FilterRegex.Check(pattern) is { } problem
            ? Fail(from, length, $"This is not a regular expression: {problem}", "a regular expression (.NET)")
            : new TextNode(field, name, test, pattern);
    }

    /// <summary>Reads <c>/regex/</c> or <c>/regex/i</c>. It ends at the first slash without a backslash before it, and only counts when a
    /// term can end there: <c>/api/users</c> is a text.</summary>
    private (string Pattern, TextTest Test)? TrySlashed()
    {
        for (var end = _at + 1; end < text.Length; end++)
        {
            if (text[end] == '\\')
            {
                end++;
            }
            else if (text[end] == '/')
            {
                var after = end + 1;
                var ignoring = after < text.Length && text[after] == 'i' && EndsTerm(after + 1);
                after += ignoring ? 1 : 0;
                if (end == _at + 1 || !EndsTerm(after))
                {
                    return null;
                }

                var pattern = text[(_at + 1)..end];
                _at = after;
                return (pattern, ignoring ? TextTest.RegexIgnoringCase : TextTest.Regex);
            }
        }

        return null;
    }

    private bool EndsTerm(int at) => at >= text.Length || char.IsWhiteSpace(text[at]) || text[at] is ')' or '|' or '&' or ',';

    /// <summary>Reads a text in quotes; only <c>\"</c>, <c>\'</c> and <c>\\</c> are escapes.</summary>
    private string? Quoted()
    {
        var start = _at;
        var quote = text[_at++];
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            var c = text[_at++];
            if (c == quote)
            {
                return value.ToString();
            }

            if (c == '\\' && _at < text.Length && text[_at] is '"' or '\'' or '\\')
            {
                c = text[_at++];
            }

            value.Append(c);
        }

        Fail(start, 1, "This quote is never closed.", $"another {quote}");
        return null;
    }

    /// <summary>Reads up to white space, a quote, or a parenthesis that is not part of a pair within the word.</summary>
    private string Word(bool stopAtOperators, bool stopAtComma = false)
    {
        var start = _at;
        while (_at < text.Length)
        {
            var c = text[_at];
            if (char.IsWhiteSpace(c) || c is '"' or '\'' or ')' || (stopAtOperators && c is '|' or '&') || (stopAtComma && c == ','))
            {
                break;
            }

            if (c == '(')
            {
                var end = PairEnd(_at);
                if (end < 0)
                {
                    break;
                }

                _at = end;
            }

            _at++;
        }

        return text[start.._at];
    }

    /// <summary>The argument of a <c>~</c> operator: <c>|</c> and <c>&amp;</c> are part of it, as in mitmproxy, but for where another term follows.</summary>
    private string RegexWord()
    {
        var start = _at;
        Word(stopAtOperators: false);
        for (var i = start; i < _at; i++)
        {
            if (text[i] == '(')
            {
                i = Math.Max(i, PairEnd(i));
            }
            else if (text[i] is '|' or '&' && (i + 1 == _at || text[i + 1] is '~' or '!' || StartsGroup(i + 1)))
            {
                _at = i;
            }
        }

        return text[start.._at];
    }

    private bool StartsGroup(int at) => text[at] == '(' && at + 1 < text.Length && text[at + 1] is '~' or '!' or '(';

    /// <summary>Where the parenthesis closes that opens here; -1 when there is white space or a quote before.</summary>
    private int PairEnd(int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('"' or '\''); i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private bool TryOperator(char sign, string keyword)
    {
        var length = _at < text.Length && text[_at] == sign ? 1 : IsKeyword(keyword) ? keyword.Length : 0;
        _at += length;
        return length > 0;
    }

    private bool IsKeyword(string keyword) =>
        string.CompareOrdinal(text, _at, keyword, 0, keyword.Length) == 0
        && (_at + keyword.Length == text.Length || char.IsWhiteSpace(text[_at + keyword.Length]) || text[_at + keyword.Length] is '(' or ')');

    private bool Follows(int at, char c) => at + 1 < text.Length && text[at + 1] == c;

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    internal static bool IsNameCharacter(char c) => c is > ' ' and < '\u007f' and not ('"' or '\'' or '(' or ')' or '|' or '&' or ',' or ':' or '=' or '!' or '<' or '>' or '/');

    private static NumberTest ToNumberTest(string test) => test switch
    {
        "!=" => NumberTest.NotIn,
        ">" => NumberTest.Greater,
        ">=" => NumberTest.GreaterOrEqual,
        "<" => NumberTest.Less,
        "<=" => NumberTest.LessOrEqual,
        _ => NumberTest.In,
    };

    private static string Expected(FilterFieldInfo info) => info.Kind switch
    {
        FieldKind.Text => $"a text, “a text in quotes”, or /a regular expression/, as in {info.Example}",
        FieldKind.Time => FilterTimes.Expected,
        _ => info.Field == FilterField.Status ? "a status code like 404, 4xx or 400..499" : FilterNumbers.Expected(info.Kind),
    };

    /// <summary>No text of a flow has a NUL or half a surrogate pair in it (<see cref="Storage.ListText"/>), and SQLite would stumble over them.</summary>
    private static string Clean(string value) => Storage.ListText.Clean(value);

    private FilterNode? TooDeep() => Fail(_at, 1, $"Parentheses and negations are nested more than {MaxDepth} deep.");

    private FilterNode? Fail(int position, int length, string message, string expected = "", string? suggestion = null)
    {
        Error ??= new FilterError(position, length, message, expected, suggestion);
        return null;
    }
}
