namespace MitmWeb.Proxy.Filters;

/// <summary>The numbers that pass a comparison.</summary>
/// <param name="From">The least.</param>
/// <param name="To">The greatest.</param>
/// <param name="Negated">Whether all others pass instead, and also a flow that has no number.</param>
internal readonly record struct NumberRange(long From, long To, bool Negated)
{
    /// <summary>What passes when compared with something that reaches from one number to another: a day is later than another when it is
    /// later than the other's end.</summary>
    public static NumberRange Of(NumberTest test, long from, long to) => test switch
    {
        NumberTest.In => new(from, to, false),
        NumberTest.NotIn => new(from, to, true),
        NumberTest.Greater => to == long.MaxValue ? new(1, 0, false) : new(to + 1, long.MaxValue, false),
        NumberTest.GreaterOrEqual => new(from, long.MaxValue, false),
        NumberTest.Less => from == long.MinValue ? new(1, 0, false) : new(long.MinValue, from - 1, false),
        _ => new(long.MinValue, to, false),
    };
}
