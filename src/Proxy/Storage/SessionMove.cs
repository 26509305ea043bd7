using MitmWeb.Proxy.Index;

namespace MitmWeb.Proxy.Storage;

/// <summary>Another name for the file of a session that is recorded: wanted by somebody, done by the thread that writes, between its transactions.</summary>
/// <param name="target">The file's new path.</param>
/// <param name="readers">Who reads the file; they wait meanwhile.</param>
/// <param name="index">The index beside it, which moves with it.</param>
internal sealed class SessionMove(string target, ReaderPool readers, BodyIndex index)
{
    /// <summary>How long those who read may go on before it is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <summary>Does it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to work with it afterwards.</param>
    /// <param name="closeStatements">Lets go of all that is prepared on the connection that writes.</param>
    /// <param name="openStatements">Prepares it anew.</param>
    public void Run(SessionFile file, FlowStoreOptions options, Action closeStatements, Action openStatements)
    {
        SessionFileException? problem = null;
        var wasClosed = readers.TryWhileClosed(Patience, () =>
        {
            index.WhileClosed(() =>
            {
                closeStatements();
                try
                {
                    file.MoveTo(target, options);
                }
                catch (SessionFileException e)
                {
                    problem = e;
                }

                openStatements();
                return file.Info;
            });
            return file.Info.Path;
        });
        if (wasClosed && problem is null)
        {
            _done.TrySetResult();
        }
        else
        {
            _done.TrySetException(problem ?? new SessionFileException("The session is being searched; wait until that has ended, and try again."));
        }
    }

    /// <summary>It is not done.</summary>
    public void GiveUp(string reason) => _done.TrySetException(new SessionFileException(reason));
}
