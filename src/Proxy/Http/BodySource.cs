namespace MitmWeb.Proxy.Http;

/// <summary>Where a body comes from: the client's or the server's connection.</summary>
internal abstract class BodySource
{
    /// <summary>Whether the head announced a body.</summary>
    public abstract bool HasBody { get; }

    /// <summary>Whether <see cref="BodySegment.Wire"/> carries HTTP/1.1 framing that may be passed on as it is.</summary>
    public virtual bool HasWireFraming => false;

    /// <summary>How long the body will be, where its head says so; else null.</summary>
    public virtual long? Length => null;

    /// <summary>Bytes that what has been read so far took on the wire: with chunk framing and trailer lines, or with frame headers and padding.</summary>
    public virtual long WireSize => 0;

    /// <summary>Whether the whole body has been read.</summary>
    public bool IsComplete { get; protected set; }

    /// <summary>Whether more is at hand, so that a flush can wait until it has been passed on too.</summary>
    public abstract bool HasBuffered { get; }

    /// <summary>The trailer lines, once the body is complete; null when there were none.</summary>
    public HeaderList? Trailers { get; protected set; }

    /// <summary>The next piece; the one before is no longer valid.</summary>
    /// <exception cref="HttpWireException">The framing is broken, or the body ended too early.</exception>
    public abstract ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A body that is not there.</summary>
    public static BodySource None { get; } = new EmptyBody();

    private sealed class EmptyBody : BodySource
    {
        public EmptyBody() => IsComplete = true;

        public override bool HasBody => false;

        public override bool HasBuffered => false;

        public override ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new BodySegment(default, default, true));
    }
}
