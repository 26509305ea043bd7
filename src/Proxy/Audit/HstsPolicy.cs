using System.Globalization;

namespace MitmWeb.Proxy.Audit;

/// <summary>A Strict-Transport-Security header as browsers understand it.</summary>
/// <param name="MaxAge">Seconds; 0 makes browsers forget.</param>
/// <param name="IncludeSubDomains">Whether it holds for the names under the host's, too.</param>
/// <param name="Preload">Whether the directive of the preload list is there (no part of the RFC).</param>
internal readonly record struct HstsPolicy(long MaxAge, bool IncludeSubDomains, bool Preload)
{
    /// <summary>Reads a header's value (RFC 6797, section 6.1): browsers ignore the whole header when a directive is there twice, when
    /// max-age is missing or no number, or when includeSubDomains has a value.</summary>
    public static bool TryParse(string value, out HstsPolicy policy)
    {
        policy = default;
        long? maxAge = null;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in value.Split(';'))
        {
            var directive = part.Trim(' ', '\t');
            if (directive.Length == 0)
            {
                continue;
            }

            var equals = directive.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? directive : directive[..equals]).TrimEnd(' ', '\t');
            var argument = equals < 0 ? null : directive[(equals + 1)..].Trim(' ', '\t');
            if (!seen.Add(name))
            {
                return false;
            }

            switch (name.ToLowerInvariant())
            {
                case "max-age":
                    // The value may be a quoted string (section 6.1.1); one too long for a number is for ever.
                    var digits = argument is ['"', .., '"'] ? argument[1..^1] : argument;
                    if (string.IsNullOrEmpty(digits) || !digits.All(char.IsAsciiDigit))
                    {
                        return false;
                    }

                    maxAge = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : long.MaxValue;
                    break;
                case "includesubdomains":
                    if (argument is not null)
                    {
                        return false;
                    }

                    policy = policy with { IncludeSubDomains = true };
                    break;
                case "preload":
                    policy = policy with { Preload = true };
                    break;
            }
        }

        policy = policy with { MaxAge = maxAge ?? 0 };
        return maxAge is not null;
    }
}
