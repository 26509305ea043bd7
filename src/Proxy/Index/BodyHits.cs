using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Proxy.Index;

/// <summary>Which flows may pass the tests of bodies of a filter, as the index knows them up to a change; what is newer may pass as well.</summary>
internal sealed class BodyHits
{
    private readonly BodyTestHits[] _tests;
    private readonly IdSet?[] _possible;
    private readonly IdSet?[] _certain;
    private readonly HashSet<long> _unknown = [];

    /// <param name="seq">The change up to which the index knows the flows.</param>
    /// <param name="tests">What it says of each test.</param>
    public BodyHits(long seq, BodyTestHits[] tests)
    {
        (Seq, _tests) = (seq, tests);
        _possible = Array.ConvertAll(tests, test => SetOf(test.Possible));
        _certain = Array.ConvertAll(tests, test => SetOf(test.Certain));
    }

    /// <summary>The change up to which the index knows the flows.</summary>
    public long Seq { get; }

    /// <summary>Adds flows that the index does not know as they are now.</summary>
    public void AddUnknown(IEnumerable<long> ids) => _unknown.UnionWith(ids);

    /// <summary>Whether the flow passes a test; null when it must be read.</summary>
    public bool? Passes(int test, long id)
    {
        if (_unknown.Count > 0 && _unknown.Contains(id))
        {
            return null;
        }

        return _certain[test]?.Contains(id) == true ? true : _possible[test]?.Contains(id) == false ? false : null;
    }

    /// <summary>All flows that may pass the filter, in the order of their ids; null when these may be any.</summary>
    public long[]? Of(FlowFilter filter)
    {
        var ids = filter.Among(test => _tests[test].Possible);
        return ids is null || _unknown.Count == 0 ? ids : [.. ids.Concat(_unknown).Distinct().Order()];
    }

    private static IdSet? SetOf(long[]? ids) => ids is null ? null : IdSet.Of(ids);
}
