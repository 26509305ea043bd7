using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Content;

/// <summary>A body as somebody wants to see it: with its content encodings taken off where that works, else as it is stored.</summary>
public sealed class BodyContent
{
    private BodyContent(StoredBody body, string[] codings, long? length, string? error)
    {
        (Stored, Codings, Length, Error) = (body, codings, length, error);
    }

    /// <summary>The body as it was on the wire.</summary>
    public StoredBody Stored { get; }

    /// <summary>What is taken off; empty when the bytes are the stored ones.</summary>
    public IReadOnlyList<string> Codings { get; }

    /// <summary>How long it is, when that is known.</summary>
    public long? Length { get; }

    /// <summary>Why nothing is taken off though something should be; in a few plain words of ASCII.</summary>
    public string? Error { get; }

    private string[] CodingsArray => (string[])Codings;

    /// <summary>Sees what a body is.</summary>
    /// <param name="body">The body.</param>
    /// <param name="headers">Those of its message.</param>
    /// <param name="decode">Whether to take the encodings off.</param>
    /// <param name="tryUpTo">How far to try, in decoded bytes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<BodyContent> Of(
        StoredBody body, HeaderList? headers, bool decode, long tryUpTo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var codings = decode ? ContentDecoding.Codings(headers) : [];
        if (codings.Length == 0)
        {
            return new BodyContent(body, [], body.Length, null);
        }

        var tried = await ContentDecoding.Try(body, codings, tryUpTo, cancellationToken);
        return tried.Error is null
            ? new BodyContent(body, codings, tried.Length, null)
            : new BodyContent(body, [], body.Length, tried.Error);
    }

    /// <summary>Opens it at its beginning. Reading throws where the body is damaged.</summary>
    public Stream OpenRead() => Codings.Count == 0 ? Stored.OpenRead() : ContentDecoding.Open(Stored, CodingsArray);

    /// <summary>Reads a part of a body that is decoded.</summary>
    /// <param name="readers">Those that have read parts of bodies before.</param>
    /// <param name="key">Tells bodies and their versions apart.</param>
    /// <param name="position">The first byte.</param>
    /// <param name="count">The most bytes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<DecodedPart> ReadPart(DecodedReaders readers, string key, long position, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(readers);
        return readers.Read(key, Stored, CodingsArray, position, count, cancellationToken);
    }
}
