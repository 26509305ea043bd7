using System.Net.Security;
using System.Runtime.InteropServices;

namespace MitmWeb.Proxy.Tls;

/// <summary>
/// Cipher suites as people write them: IANA names, or a cipher list in OpenSSL's language (<c>ECDHE+AESGCM:!aNULL</c>), which OpenSSL itself
/// resolves, so that it means here what it means everywhere.
/// </summary>
internal static partial class CipherList
{
    private static readonly string[] Libraries = ["libssl.so.3", "libssl.so.1.1", "libssl.3.dylib", "libssl.so"];

    /// <summary>The policy for a list; null for null.</summary>
    /// <param name="list">The list.</param>
    /// <param name="option">The option it stands in, for messages.</param>
    /// <exception cref="TlsOptionsException">It names nothing that the platform has, or the platform lets nobody choose.</exception>
    public static CipherSuitesPolicy? ToPolicy(string? list, string option)
    {
        if (list is null)
        {
            return null;
        }

        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
        {
            throw new TlsOptionsException($"{option} cannot be followed on this system, which chooses the cipher suites for all programs: leave the option out.");
        }

        return new CipherSuitesPolicy(Resolve(list, option));
    }

    /// <summary>The suites of a list, in its order; those of TLS 1.3 are among them unless it names suites of TLS 1.3 itself.</summary>
    public static IReadOnlyList<TlsCipherSuite> Resolve(string list, string option)
    {
        var suites = new List<TlsCipherSuite>();
        var rest = new List<string>();
        foreach (var token in list.Split([':', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (token.StartsWith("TLS_", StringComparison.Ordinal))
            {
                suites.Add(Enum.TryParse<TlsCipherSuite>(token, out var suite)
                    ? suite
                    : throw new TlsOptionsException($"{option}: '{token}' is no cipher suite that IANA lists: check the spelling."));
            }
            else
            {
                rest.Add(token);
            }
        }

        if (rest.Count > 0)
        {
            var named = suites.Exists(IsTls13);
            suites.AddRange(AskOpenSsl(string.Join(':', rest), option).Where(suite => !named || !IsTls13(suite)));
        }
        else if (!suites.Exists(IsTls13))
        {
            // Without one, TLS 1.3 would be gone, which is what the versions are there for.
            suites.AddRange([TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_128_GCM_SHA256]);
        }

        return [.. suites.Distinct()];
    }

    private static bool IsTls13(TlsCipherSuite suite) => (int)suite >> 8 == 0x13;

    private static List<TlsCipherSuite> AskOpenSsl(string list, string option)
    {
        nint library = 0;
        if (!Array.Exists(Libraries, name => NativeLibrary.TryLoad(name, out library)))
        {
            throw new TlsOptionsException($"{option}: '{list}' is a list in OpenSSL's language, and there is no OpenSSL here: use IANA names (TLS_…).");
        }

        var context = NewContext(library);
        try
        {
            if (!SetCipherList(library, context, list))
            {
                throw new TlsOptionsException($"{option}: '{list}' names no cipher suite that OpenSSL knows: 'openssl ciphers' lists them.");
            }

            return Ciphers(library, context);
        }
        finally
        {
            FreeContext(library, context);
        }
    }

    // The functions are looked up by hand because the library's name depends on the system's OpenSSL.
    private static unsafe nint NewContext(nint library) =>
        ((delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "SSL_CTX_new"))(
            ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "TLS_method"))());

    private static unsafe void FreeContext(nint library, nint context) =>
        ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "SSL_CTX_free"))(context);

    private static unsafe bool SetCipherList(nint library, nint context, string list)
    {
        var text = Marshal.StringToCoTaskMemUTF8(list);
        try
        {
            return ((delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "SSL_CTX_set_cipher_list"))(context, text) == 1;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static unsafe List<TlsCipherSuite> Ciphers(nint library, nint context)
    {
        var stack = ((delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "SSL_CTX_get_ciphers"))(context);
        var identifier = (delegate* unmanaged<nint, ushort>)NativeLibrary.GetExport(library, "SSL_CIPHER_get_protocol_id");

        // They belong to libcrypto, which libssl brings along: its handle finds them, too.
        var count = ((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "OPENSSL_sk_num"))(stack);
        var value = (delegate* unmanaged<nint, int, nint>)NativeLibrary.GetExport(library, "OPENSSL_sk_value");
        var suites = new List<TlsCipherSuite>();
        for (var i = 0; i < count; i++)
        {
            suites.Add((TlsCipherSuite)identifier(value(stack, i)));
        }

        return suites;
    }
}
