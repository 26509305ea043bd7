namespace MitmWeb.Web.Api;

/// <summary>Whether to index bodies.</summary>
/// <param name="On">True to make the index, false to delete it.</param>
public sealed record BodyIndexRequest(bool On);
