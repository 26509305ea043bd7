namespace MitmWeb.Proxy.Storage;

/// <summary>Some ids that follow each other.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Flows">How many flows have one of them.</param>
internal readonly record struct IdRange(long From, long To, long Flows);
