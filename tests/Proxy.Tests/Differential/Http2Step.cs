using System.Globalization;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>One thing that an end of an HTTP/2 stream does.</summary>
internal abstract record Http2Step
{
    /// <summary>A head or trailers.</summary>
    public sealed record Fields(bool IsLast, params (string Name, string Value)[] List) : Http2Step;

    /// <summary>Content, perhaps none (Latin-1).</summary>
    public sealed record Data(bool IsLast, string Text) : Http2Step;

    /// <summary>RST_STREAM.</summary>
    public sealed record Reset(Http2ErrorCode Code) : Http2Step;

    /// <summary>Goes on when a head has come, and that much content.</summary>
    public sealed record Await(int Bytes) : Http2Step;

    /// <summary>What the other end sees of these steps, as text: heads field by field, content in one piece, and how it ended.</summary>
    public static string Seen(IEnumerable<Http2Step> steps)
    {
        var log = new Http2Log();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Fields fields:
                    log.AddFields(string.Concat(fields.List.Select(field => $"{field.Name}: {field.Value}\n")), fields.IsLast);
                    break;
                case Data data:
                    log.AddData(data.Text, data.IsLast);
                    break;
                case Reset reset:
                    log.AddReset(reset.Code);
                    break;
            }
        }

        return log.ToString();
    }
}
