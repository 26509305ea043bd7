using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Index;

/// <summary>Which flows may pass the tests of bodies of a filter, as the index knows them up to a change; what is newer may pass as well.</summary>
/// <param name="seq">The change up to which the index knows the flows.</param>
/// <param name="tests">For each test the flows that may have a body with the text, in the order of their ids; null where the index cannot tell.</param>
internal sealed class BodyHits(long seq, long[]?[] tests)
{
    private readonly HashSet<long> _unknown = [];

    /// <summary>The change up to which the index knows the flows.</summary>
    public long Seq => seq;

    /// <summary>Adds flows that the index does not know as they are now.</summary>
    public void AddUnknown(IEnumerable<long> ids) => _unknown.UnionWith(ids);

    /// <summary>Whether the flow may have a body with the text of a test.</summary>
    public bool MayHave(int test, long id) => tests[test] is not { } ids || Array.BinarySearch(ids, id) >= 0 || _unknown.Contains(id);

    /// <summary>All flows that may pass the filter, in the order of their ids; null when these may be any.</summary>
    public long[]? Of(FlowFilter filter) => filter.Among(test => tests[test]) is { } ids ? [.. ids.Concat(_unknown).Distinct().Order()] : null;
}
