namespace MitmWeb.Web.Api;

/// <summary>A function that statements may call.</summary>
/// <param name="Call">How it is called.</param>
/// <param name="Help">What it gives.</param>
public sealed record SqlFunctionDto(string Call, string Help);
