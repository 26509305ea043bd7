using System.Runtime.InteropServices;

namespace MitmWeb.Proxy.Index;

/// <summary>Lets a thread step back behind others. .NET's priorities do nothing on Linux, where a thread has a niceness of its own.</summary>
internal static partial class ThreadNiceness
{
    private const int Process = 0;
    private const int ThisThread = 0;
    private const int Low = 15;

    /// <summary>Lowers the thread that calls; where that cannot be done it goes on as it was.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, ThisThread, Low);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
