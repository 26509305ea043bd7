using System.Text;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>What came over a stream. Frames of content that follow each other are one piece: their bounds mean nothing (RFC 9113, section 8.1).</summary>
internal sealed class Http2Log
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _content = new();
    private bool _hasContent;

    public bool IsOver { get; private set; }

    public int Heads { get; private set; }

    public int Bytes { get; private set; }

    public void AddFields(string fields, bool isLast)
    {
        EndContent();
        Heads++;
        _text.Append("[fields]\n").Append(fields);
        if (isLast)
        {
            _text.Append("[end with the fields]\n");
            IsOver = true;
        }
    }

    public void AddData(string data, bool isLast)
    {
        _hasContent = true;
        _content.Append(data);
        Bytes += data.Length;
        if (isLast)
        {
            EndContent();
            _text.Append(data.Length > 0 ? "[end with content]\n" : "[end with an empty frame]\n");
            IsOver = true;
        }
    }

    public void AddReset(Http2ErrorCode code)
    {
        EndContent();
        _text.Append("[reset ").Append(code).Append("]\n");
        IsOver = true;
    }

    public override string ToString() => _text.ToString();

    private void EndContent()
    {
        if (_hasContent)
        {
            _text.Append("[content]\n").Append(_content).Append('\n');
            _content.Clear();
            _hasContent = false;
        }
    }
}
