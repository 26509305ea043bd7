namespace MitmWeb.Proxy.Content;

/// <summary>Fails when more and more comes out of hardly anything: more than <see cref="ContentDecoding.MaxTried"/> bytes, and more than
/// <see cref="ContentDecoding.BombRatio"/> of them for each stored one.</summary>
/// <param name="decoded">What comes out.</param>
/// <param name="stored">What goes in.</param>
internal sealed class BombGuardStream(Stream decoded, CountingStream stored) : ReadOnlyStream
{
    public long Count { get; private set; }

    /// <summary>Whether so far very much came out of what went in.</summary>
    public bool IsSuspicious => Count > stored.Count * ContentDecoding.BombRatio;

    public override int Read(Span<byte> buffer)
    {
        var count = decoded.Read(buffer);
        Count += count;
        return Count > ContentDecoding.MaxTried && IsSuspicious
            ? throw new DecompressionBombException(
                $"it grows to more than {ContentDecoding.MaxTried >> 20} MiB, over {ContentDecoding.BombRatio} times what was sent: a decompression bomb")
            : count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
