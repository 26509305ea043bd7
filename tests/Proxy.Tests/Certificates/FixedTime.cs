namespace MitmWeb.Proxy.Tests.Certificates;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
