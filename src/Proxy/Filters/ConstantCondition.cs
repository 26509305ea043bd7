using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Every flow, or none.</summary>
internal sealed class ConstantCondition(bool value) : FilterCondition
{
    public override bool NeedsContent => false;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) => value;

    public override void Write(FilterSql sql) => sql.Append(value ? "1" : "0");
}
