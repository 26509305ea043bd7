using System.Buffers.Binary;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>Recorded bytes beside the tests; the README files there say how they were made.</summary>
internal static class TlsFixtures
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Tls");

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>The handshake message of a recorded hello, without its record.</summary>
    public static byte[] Hello(string client)
    {
        var bytes = Read($"Hellos/{client}.bin");
        Assert.Equal(bytes.Length, 5 + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(3)));
        return bytes[5..];
    }
}
