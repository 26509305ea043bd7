using BenchmarkDotNet.Attributes;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>The parser of HTTP/1.x heads: finding a head's end in what was read, and taking it apart.</summary>
public class HeadParsing
{
    private readonly byte[] _request = SmallFlow.RequestHead;
    private readonly byte[] _response = SmallFlow.ResponseHead;

    [Benchmark]
    public int FindEnd() => HeadParser.FindEnd(_request);

    [Benchmark]
    public object Request() => RequestHead.Parse(_request);

    [Benchmark]
    public object Response() => ResponseHead.Parse(_response);

    /// <summary>How the body behind a head is framed.</summary>
    [Benchmark]
    public long Framing() => BodyFraming.OfResponse(_parsed, "GET").Length;

    private readonly ResponseHead _parsed = ResponseHead.Parse(SmallFlow.ResponseHead);
}
