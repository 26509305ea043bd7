namespace MitmWeb.Proxy.Filters;

/// <summary>What a test has said of texts: hosts, media types and the like come again and again. For one thread.</summary>
internal sealed class RememberedAnswers
{
    private const int MaxTexts = 16_384;

    private readonly Dictionary<byte[], bool> _answers;
    private readonly Dictionary<byte[], bool>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public RememberedAnswers()
    {
        _answers = new Dictionary<byte[], bool>(Utf8Texts.Instance);
        _lookup = _answers.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The answer for a text, which the test is only asked for when it is new.</summary>
    public bool Get(ReadOnlySpan<byte> text, TextMatcher test, RegexBudget budget)
    {
        if (_lookup.TryGetValue(text, out var answer))
        {
            return answer;
        }

        answer = test.Matches(text, budget);
        if (_answers.Count < MaxTexts)
        {
            _lookup[text] = answer;
        }

        return answer;
    }
}
