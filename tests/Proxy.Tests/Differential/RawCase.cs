namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>One exchange as bytes (Latin-1 text).</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Request">What the client sends.</param>
/// <param name="Response">What the server answers; it ends with the connection when <paramref name="EndsWithConnection"/>.</param>
/// <param name="EndsWithConnection">Whether the server closes after the response.</param>
public sealed record RawCase(string Name, string Request, string Response, bool EndsWithConnection = false)
{
    public override string ToString() => Name;
}
