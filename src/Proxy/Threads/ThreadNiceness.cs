using System.Runtime.InteropServices;

namespace MitmWeb.Proxy.Threads;

/// <summary>Lets a thread step back behind others. .NET's priorities do nothing on Linux, where a thread has a niceness of its own.</summary>
internal static partial class ThreadNiceness
{
    private const int Process = 0;
    private const int ThisThread = 0;

    /// <summary>For what somebody waits for: beside work that fills the processor it gets about a fourth of a core.</summary>
    public const int Patient = 5;

    /// <summary>For what nobody waits for.</summary>
    public const int Background = 15;

    /// <summary>Lowers the thread that calls; where that cannot be done it goes on as it was.</summary>
    /// <param name="niceness">How far: 0 is usual, 19 the lowest.</param>
    public static void Lower(int niceness)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, ThisThread, niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
