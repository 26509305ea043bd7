namespace MitmWeb.Proxy.Filters;

/// <summary>How a number is compared.</summary>
public enum NumberTest
{
    In,
    NotIn,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}
