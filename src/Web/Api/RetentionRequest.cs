namespace MitmWeb.Web.Api;

/// <summary>How much of the session that is recorded to keep.</summary>
/// <param name="MaxAgeSeconds">How long after their start to keep flows; null for ever.</param>
/// <param name="MaxFlows">How many flows to keep; null for all.</param>
/// <param name="MaxBytes">How much of the file may hold something; null for no limit.</param>
public sealed record RetentionRequest(double? MaxAgeSeconds, long? MaxFlows, long? MaxBytes);
