namespace MitmWeb.Proxy.Filters;

/// <summary>What follows a <c>~</c> operator.</summary>
public enum OperatorArgument
{
    None,
    Regex,
    Status,
}
