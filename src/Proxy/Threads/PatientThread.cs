namespace MitmWeb.Proxy.Threads;

/// <summary>
/// Threads for searches and other reading that may take seconds. The pool's threads are few and carry the traffic: two searches on them would hold all of
/// it up, whatever the processor has left. These stand behind the traffic in the queue for the processor, too.
/// </summary>
public static class PatientThread
{
    [ThreadStatic]
    private static bool _isPatient;

    /// <summary>Does something on such a thread, and waits for it.</summary>
    public static T Run<T>(Func<T> work) => _isPatient ? work() : Start(work).GetAwaiter().GetResult();

    /// <summary>Begins something on such a thread.</summary>
    public static Task<T> Start<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Work(work, done)) { IsBackground = true, Name = "patient" }.Start();
        return done.Task;
    }

    /// <summary>Begins something on such a thread.</summary>
    public static Task Start(Action work) => Start(() =>
    {
        work();
        return true;
    });

    /// <summary>Begins something on such a thread that stays there to its end: where it awaits, the thread waits.</summary>
    public static Task<T> Start<T>(Func<Task<T>> work) => Start(() => work().GetAwaiter().GetResult());

    private static void Work<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        _isPatient = true;
        ThreadNiceness.Lower(ThreadNiceness.Patient);
        try
        {
            done.SetResult(work());
        }
        catch (Exception e)
        {
            // Whoever waits gets it.
            done.SetException(e);
        }
    }
}
