using System.Reflection;
using System.Runtime.InteropServices;

namespace MitmWeb.Proxy.Content;

/// <summary>The system's libzstd (https://facebook.github.io/zstd/doc/api_manual_latest.html), which may be missing.</summary>
public static class ZstdLibrary
{
    private static readonly nint Library = Load();
    private static readonly CreateFunction? CreateContext = Export<CreateFunction>("ZSTD_createDCtx");
    private static readonly FreeFunction? FreeContext = Export<FreeFunction>("ZSTD_freeDCtx");
    private static readonly SetFunction? SetParameter = Export<SetFunction>("ZSTD_DCtx_setParameter");
    private static readonly DecompressFunction? Decompress = Export<DecompressFunction>("ZSTD_decompressStream");
    private static readonly IsErrorFunction? IsErrorCode = Export<IsErrorFunction>("ZSTD_isError");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CreateFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint FreeFunction(nint context);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint SetFunction(nint context, int parameter, int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint DecompressFunction(nint context, ref Buffer output, ref Buffer input);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate uint IsErrorFunction(nuint code);

    /// <summary>Whether the library is there.</summary>
    public static bool IsAvailable =>
        CreateContext is not null && FreeContext is not null && SetParameter is not null && Decompress is not null && IsErrorCode is not null;

    internal static nint Create()
    {
        // A frame may ask for a window of gigabytes; as a content coding it may not (RFC 9659: 8 MiB).
        const int WindowLogMax = 100;
        const int EightMebibytes = 23;
        var context = CreateContext!();
        _ = SetParameter!(context, WindowLogMax, EightMebibytes);
        return context;
    }

    internal static void Free(nint context) => FreeContext!(context);

    /// <summary>Decodes some.</summary>
    /// <param name="context">From <see cref="Create"/>.</param>
    /// <param name="input">A pinned array.</param>
    /// <param name="start">Where the input begins in it.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="output">A pinned array, filled from its beginning.</param>
    /// <returns>What was read and written, and whether a frame has just ended.</returns>
    /// <exception cref="InvalidDataException">The data is damaged.</exception>
    internal static (int Read, int Written, bool FrameEnded) Decode(nint context, byte[] input, int start, int end, byte[] output)
    {
        var from = new Buffer { Data = Marshal.UnsafeAddrOfPinnedArrayElement(input, start), Size = (nuint)(end - start) };
        var to = new Buffer { Data = Marshal.UnsafeAddrOfPinnedArrayElement(output, 0), Size = (nuint)output.Length };
        var hint = Decompress!(context, ref to, ref from);
        return IsErrorCode!(hint) == 0
            ? ((int)from.Position, (int)to.Position, hint == 0)
            : throw new InvalidDataException("The zstd data is damaged.");
    }

    private static nint Load()
    {
        foreach (var name in new[] { "libzstd.so.1", "libzstd.1.dylib", "libzstd", "zstd" })
        {
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out var library))
            {
                return library;
            }
        }

        return 0;
    }

    private static T? Export<T>(string name)
        where T : Delegate =>
        Library != 0 && NativeLibrary.TryGetExport(Library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public nint Data;
        public nuint Size;
        public nuint Position;
    }
}
