namespace MitmWeb.Proxy.Filters;

/// <summary>A filter's syntax tree. Two trees are equal when they say the same in the same order.</summary>
public abstract record FilterNode;
