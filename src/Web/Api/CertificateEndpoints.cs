using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The certificates that passed in a flow's handshakes, for tools that read PEM.</summary>
internal static class CertificateEndpoints
{
    private const string Pem = "application/x-pem-file";

    public static void Map(RouteGroupBuilder api) => api.MapGet("/flows/{id}/certificates", Get)
        .WithName("getFlowCertificates")
        .WithSummary("The certificates of a flow's TLS connection")
        .WithDescription("PEM, in the order in which they were sent: the server's own first.")
        .Produces(StatusCodes.Status200OK, contentType: Pem)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);

    private static IResult Get(
        RequestedSession session,
        [Description("The flow's id.")] string id,
        [Description("“server” for the connection to the server (when absent), “client” for the client's, whose certificate MitmWeb made.")] string? side,
        [Description("Which one of the chain, 0 for the server's own; all when absent.")] string? index)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        if (side is not (null or "" or "server" or "client"))
        {
            return ApiProblem.BadParameter($"“{side}” is not a value of “side”, which is “server” or “client”.");
        }

        var wanted = -1;
        if (!string.IsNullOrEmpty(index) && !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out wanted))
        {
            return ApiProblem.BadParameter($"“{index}” is not a place in the chain, which is a whole number from 0.");
        }

        if (session.Store.GetFlow(number) is not { } flow)
        {
            return FlowEndpoints.NoSuchFlow(number);
        }

        var certificates = (side == "client" ? flow.Client.Tls : flow.Server?.Tls)?.Certificates ?? [];
        if (certificates.Count == 0 || wanted >= certificates.Count)
        {
            return ApiProblem.NotFound(certificates.Count == 0
                ? $"No certificate passed on that connection of flow {number}."
                : $"There is no certificate {wanted}: {certificates.Count} passed, and the first is 0.");
        }

        var text = new StringBuilder();
        foreach (var der in wanted < 0 ? certificates : [certificates[wanted]])
        {
            text.Append(PemEncoding.Write("CERTIFICATE", der)).Append('\n');
        }

        // The host is what a client said: only what is harmless in a file's name is taken from it.
        var host = string.Concat(flow.Row.Host.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '_'));
        var name = wanted < 0 ? $"{host}-chain.pem" : string.Create(CultureInfo.InvariantCulture, $"{host}-{wanted}.pem");
        return Results.File(Encoding.ASCII.GetBytes(text.ToString()), Pem, name);
    }
}
