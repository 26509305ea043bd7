using System.Buffers;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Content;

/// <summary>
/// Reads parts of decoded bodies. A decoder only goes forward, so those that have served a part stay where they are for a while: who reads on gets
/// the next part without decoding all before it again, and nothing that was decoded lies in memory or on the disk.
/// </summary>
/// <param name="clock">Tells how long a decoder has rested.</param>
public sealed class DecodedReaders(TimeProvider clock) : IDisposable
{
    /// <summary>A decoder holds its window: up to 16 MiB for brotli.</summary>
    private const int MaxResting = 6;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<Reader> _resting = [];
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Reads a part.</summary>
    /// <param name="key">Tells bodies and their versions apart.</param>
    /// <param name="body">The body.</param>
    /// <param name="codings">From <see cref="ContentDecoding.Codings"/>.</param>
    /// <param name="position">The first byte, in the decoded body.</param>
    /// <param name="count">The most bytes to read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<DecodedPart> Read(
        string key, StoredBody body, string[] codings, long position, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var reader = Take(key, position) ?? new Reader(key, ContentDecoding.Open(body, codings));
        var bytes = new byte[count];
        var filled = 0;
        var skipped = ArrayPool<byte>.Shared.Rent(81920);
        var keep = false;
        try
        {
            while (reader.Position < position)
            {
                var some = await reader.Stream.ReadAsync(
                    skipped.AsMemory(0, (int)Math.Min(skipped.Length, position - reader.Position)), cancellationToken);
                reader.Position += some;
                if (some == 0)
                {
                    return new DecodedPart(default, reader.Position, null);
                }
            }

            while (filled < count)
            {
                var some = await reader.Stream.ReadAsync(bytes.AsMemory(filled), cancellationToken);
                reader.Position += some;
                filled += some;
                if (some == 0)
                {
                    return new DecodedPart(bytes.AsMemory(0, filled), reader.Position, null);
                }
            }

            keep = true;
            return new DecodedPart(bytes, null, null);
        }
        catch (Exception e) when (ContentDecoding.IsDamage(e))
        {
            return new DecodedPart(bytes.AsMemory(0, filled), reader.Position, ContentDecoding.Damage(e, body, codings));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(skipped);
            if (keep)
            {
                Leave(reader);
            }
            else
            {
                await reader.Stream.DisposeAsync();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
            _resting.ForEach(reader => reader.Stream.Dispose());
            _resting.Clear();
        }
    }

    /// <summary>The decoder of this body that is nearest before the position.</summary>
    private Reader? Take(string key, long position)
    {
        lock (_lock)
        {
            var reader = _resting.Where(reader => reader.Key == key && reader.Position <= position).MaxBy(reader => reader.Position);
            if (reader is not null)
            {
                _resting.Remove(reader);
            }

            return reader;
        }
    }

    private void Leave(Reader reader)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                reader.Stream.Dispose();
                return;
            }

            reader.Since = clock.GetTimestamp();
            _resting.Add(reader);
            if (_resting.Count > MaxResting)
            {
                _resting[0].Stream.Dispose();
                _resting.RemoveAt(0);
            }

            _timer ??= clock.CreateTimer(_ => Clear(), null, Rest, Rest);
        }
    }

    private void Clear()
    {
        lock (_lock)
        {
            _resting.RemoveAll(reader =>
            {
                var old = clock.GetElapsedTime(reader.Since) >= Rest;
                if (old)
                {
                    reader.Stream.Dispose();
                }

                return old;
            });
            if (_resting.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private sealed class Reader(string key, Stream stream)
    {
        public string Key { get; } = key;

        public Stream Stream { get; } = stream;

        public long Position { get; set; }

        public long Since { get; set; }
    }
}
