namespace MitmWeb.Proxy.Filters;

/// <summary>What a completion is.</summary>
public enum CompletionKind
{
    Operator,
    Field,
    Value,
}
