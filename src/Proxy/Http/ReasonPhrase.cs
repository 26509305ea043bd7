using Microsoft.AspNetCore.WebUtilities;

namespace MitmWeb.Proxy.Http;

/// <summary>The registered reason phrase of a status code, for where HTTP/1.1 needs one and the other side has none.</summary>
internal static class ReasonPhrase
{
    public static string Of(int status) => ReasonPhrases.GetReasonPhrase(status);
}
