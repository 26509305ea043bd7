using System.Text;
using System.Text.Json;
using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Cli;

/// <summary>Carries <c>mitmweb audit</c> out.</summary>
internal static class AuditCommand
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints the report.</summary>
    /// <exception cref="SessionFileException">The file cannot be used.</exception>
    /// <exception cref="IOException">The file broke while it was read.</exception>
    public static void Run(AuditOptions options, Stream output, Ink ink, TimeProvider time, CancellationToken cancellationToken)
    {
        using var view = SessionView.Open(options.File);
        var report = SessionAuditor.Run(view, options.Hosts, time, cancellationToken);

        // Through a pipe as to a terminal: UTF-8 without a mark.
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        if (options.Json)
        {
            writer.WriteLine(JsonSerializer.Serialize(AuditDto.From(report), Readable));
        }
        else
        {
            new AuditText(report, ink).Write(writer);
        }
    }
}
