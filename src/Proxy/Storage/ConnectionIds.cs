namespace MitmWeb.Proxy.Storage;

/// <summary>Gives connections their ids. Sessions that are recorded one after the other share it, so that a connection that lasts from one into
/// the next has an id that is free in both.</summary>
internal sealed class ConnectionIds
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);

    /// <summary>The ids up to this one are taken.</summary>
    public void RaiseTo(long id)
    {
        var last = Interlocked.Read(ref _last);
        while (last < id && Interlocked.CompareExchange(ref _last, id, last) is var seen && seen != last)
        {
            last = seen;
        }
    }
}
