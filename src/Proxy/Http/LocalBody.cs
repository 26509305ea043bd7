namespace MitmWeb.Proxy.Http;

/// <summary>A body that MitmWeb made itself.</summary>
internal sealed class LocalBody(ReadOnlyMemory<byte> data) : BodySource
{
    public override bool HasBody => !data.IsEmpty;

    public override bool HasBuffered => !IsComplete;

    public override ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken)
    {
        var rest = IsComplete ? default : data;
        IsComplete = true;
        return ValueTask.FromResult(new BodySegment(rest, rest, true));
    }
}
