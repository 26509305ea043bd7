namespace MitmWeb.Web.Cli;

/// <summary>Modest colour for a terminal. Where the output is redirected, or NO_COLOR is set (no-color.org), text stays as it is.</summary>
internal sealed class Ink(bool enabled)
{
    public static Ink ForOutput() => new(IsWanted(Console.IsOutputRedirected));

    public static Ink ForErrors() => new(IsWanted(Console.IsErrorRedirected));

    public string Bold(string text) => Paint(text, "1");

    public string Dim(string text) => Paint(text, "2");

    public string Red(string text) => Paint(text, "31");

    public string Green(string text) => Paint(text, "32");

    public string Yellow(string text) => Paint(text, "33");

    public string Link(string text) => Paint(text, "1;36");

    private string Paint(string text, string code) => enabled ? $"\e[{code}m{text}\e[0m" : text;

    private static bool IsWanted(bool redirected) =>
        !redirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";
}
