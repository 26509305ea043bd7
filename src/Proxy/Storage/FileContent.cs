using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>The content of the flow that a statement has come to, read on the statement's own connection. What two tests of a filter look at is
/// read once.</summary>
internal sealed class FileContent(SessionReader reader) : FilterContent
{
    private readonly HeaderList[]?[] _headers = new HeaderList[]?[2];
    private readonly ReadOnlyMemory<byte>?[] _bodies = new ReadOnlyMemory<byte>?[2];
    private long _id = -1;
    private (byte[]?[] Heads, long Client, long? Server)? _heads;

    internal override FilterConnection? Client =>
        reader.FindConnection(Found().Client) ?? new FilterConnection(Found().Client, null, null, null, null, null, null);

    internal override FilterConnection? Server => Found().Server is { } id ? reader.FindConnection(id) : null;

    /// <summary>Comes to a flow.</summary>
    public void Show(long id)
    {
        if (id != _id)
        {
            Forget();
            _id = id;
        }
    }

    /// <summary>Nothing is known any more: another statement begins, and flows may have changed.</summary>
    public void Forget()
    {
        _id = -1;
        _heads = null;
        Array.Clear(_headers);
        Array.Clear(_bodies);
    }

    internal override IReadOnlyList<HeaderList> Headers(MessageSide side)
    {
        if (_headers[(int)side] is not { } lists)
        {
            var heads = Found().Heads;
            var first = side == MessageSide.Request
                ? heads[0] is { } request ? RequestHead.Parse(request).Headers : null
                : heads[2] is { } response ? ResponseHead.Parse(response).Headers : null;
            lists = [.. new[] { first, HeaderBlock.ReadTrailers(heads[side == MessageSide.Request ? 1 : 3]) }.OfType<HeaderList>()];
            _headers[(int)side] = lists;
        }

        return lists;
    }

    internal override ReadOnlyMemory<byte> Body(MessageSide side)
    {
        if (_bodies[(int)side] is not { } body)
        {
            var (id, heads) = (_id, Found().Heads);
            var codings = ContentDecoding.Codings(heads[side == MessageSide.Request ? 0 : 2] is null ? null : Headers(side)[0]);
            body = reader.FindBody(id, side) is { Length: > 0 } found
                ? ContentDecoding.Beginning(() => new FileBodyStream(reader, id, side, found.Inline, found.Length), codings, MaxBody)
                : default(ReadOnlyMemory<byte>);
            _bodies[(int)side] = body;
        }

        return body;
    }

    private (byte[]?[] Heads, long Client, long? Server) Found() => _heads ??= reader.FindHeads(_id);
}
