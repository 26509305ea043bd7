using System.Buffers.Binary;
using System.Net.Security;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Tests.Connections;

public sealed class ClientHelloTests
{
    public static TheoryData<string, string?, string, string> Recorded => RecordedHellos.All;

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Read_RealClients_NameAndProtocolsAreFound(string client, string? name, string alpn, string base64)
    {
        Assert.NotEmpty(client);
        var bytes = Convert.FromBase64String(base64);

        Assert.Equal(ClientHelloResult.Complete, ClientHello.Read(bytes, out var hello));

        Assert.Equal(name, hello!.ServerName);
        Assert.Equal(alpn, string.Join(',', hello.Alpn));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Read_EveryPrefix_AsksForMore(string client, string? name, string alpn, string base64)
    {
        Assert.NotNull(client + name + alpn);
        var bytes = Convert.FromBase64String(base64);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ClientHelloResult.Incomplete, ClientHello.Read(bytes.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Read_SplitIntoRecordsOfAnySize_GivesTheSame(string client, string? name, string alpn, string base64)
    {
        Assert.NotNull(client);
        var whole = Convert.FromBase64String(base64);
        foreach (var size in new[] { 1, 2, 3, 5, 64, 100, 500 })
        {
            var bytes = Records(whole.AsSpan(5), size);

            Assert.Equal(ClientHelloResult.Complete, ClientHello.Read([.. bytes, .. "what follows"u8], out var hello));
            Assert.Equal(name, hello!.ServerName);
            Assert.Equal(alpn, string.Join(',', hello.Alpn));
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.Equal(ClientHelloResult.Incomplete, ClientHello.Read(bytes.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public async Task Read_SslStream_NameAndProtocolsAreFound()
    {
        var sent = new MemoryStream();
        using var tls = new SslStream(new HalfStream(sent));
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "dotnet.example.test",
            ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2],
        }));

        Assert.Equal(ClientHelloResult.Complete, ClientHello.Read(sent.ToArray(), out var hello));

        Assert.Equal("dotnet.example.test", hello!.ServerName);
        Assert.Equal(["http/1.1", "h2"], hello.Alpn);
    }

    [Fact]
    public void Read_LongestHello_IsReadWithMoreBehindIt()
    {
        // As long as is waited for, in full records: the last one reaches beyond the room for the message.
        var message = new byte[ClientHello.MaxLength];
        message[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(message, (1u << 24) | (uint)(message.Length - 4));
        var body = message.AsSpan(4);
        body[34] = 0; // No session id.
        BinaryPrimitives.WriteUInt16BigEndian(body[35..], 65000); // Many cipher suites.
        body[37 + 65000] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(body[(37 + 65000 + 2)..], (ushort)(body.Length - (37 + 65000 + 4)));
        var padding = body[(37 + 65000 + 4)..];
        BinaryPrimitives.WriteUInt16BigEndian(padding, 21);
        BinaryPrimitives.WriteUInt16BigEndian(padding[2..], (ushort)(padding.Length - 4));

        var bytes = Records([.. message, .. new byte[20_000]], 16 * 1024 - 7);

        Assert.Equal(ClientHelloResult.Complete, ClientHello.Read(bytes, out var hello));
        Assert.Null(hello!.ServerName);
    }

    [Theory]
    [InlineData("16", "Incomplete")]
    [InlineData("1603", "Incomplete")]
    [InlineData("1602", "NotTls")]
    [InlineData("15030100020100", "NotTls")]
    [InlineData("1603010000", "NotTls")] // An empty record.
    [InlineData("160301ffff01", "NotTls")] // A record longer than records may be.
    [InlineData("16030100040e000000", "NotTls")] // A handshake message, but another one.
    [InlineData("160301000401ffffff", "NotTls")] // Longer than any hello.
    [InlineData("16030100050100000100", "NotTls")] // Too short to be one.
    [InlineData("160301000201001503010001", "NotTls")] // An alert in the middle.
    [InlineData("474554202f", "NotTls")]
    public void Read_Otherwise_SaysWhatItIs(string hex, string expected) =>
        Assert.Equal(expected, ClientHello.Read(Convert.FromHexString(hex), out _).ToString());

    [Fact]
    public void Read_AnyByteChanged_NeverThrows()
    {
        var good = Convert.FromBase64String((string)((IEnumerable<object?[]>)RecordedHellos.All).First()[3]!);
        for (var i = 0; i < good.Length; i++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7f, 0xff })
            {
                var bytes = good.ToArray();
                bytes[i] = value;
                ClientHello.Read(bytes, out _);
            }
        }
    }

    /// <summary>The message in TLS records of that many bytes.</summary>
    private static byte[] Records(ReadOnlySpan<byte> message, int size)
    {
        var records = new MemoryStream();
        for (; !message.IsEmpty; message = message[Math.Min(size, message.Length)..])
        {
            var count = Math.Min(size, message.Length);
            records.Write([22, 3, 1, (byte)(count >> 8), (byte)count]);
            records.Write(message[..count]);
        }

        return records.ToArray();
    }

    /// <summary>Takes what is written and ends at once.</summary>
    private sealed class HalfStream(MemoryStream sent) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => sent.Write(buffer, offset, count);
    }
}
