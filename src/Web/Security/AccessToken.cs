using System.Security.Cryptography;
using System.Text;

namespace MitmWeb.Web.Security;

/// <summary>The token, and the cookie's value that is made from it. Comparing takes the same time whatever is compared.</summary>
internal sealed class AccessToken
{
    private readonly byte[] _token;
    private readonly byte[] _cookie;

    public AccessToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        var bytes = Encoding.UTF8.GetBytes(token);
        // The cookie does not hold the token: a password may be used elsewhere too, and may have letters that a cookie cannot hold.
        CookieValue = Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "mitmweb cookie"u8));
        _token = SHA256.HashData(bytes);
        _cookie = SHA256.HashData(Encoding.ASCII.GetBytes(CookieValue));
    }

    /// <summary>What the cookie holds.</summary>
    public string CookieValue { get; }

    public bool IsToken(string candidate) => Same(candidate, _token);

    public bool IsCookie(string candidate) => Same(candidate, _cookie);

    private static bool Same(string candidate, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(candidate)), hash);
}
