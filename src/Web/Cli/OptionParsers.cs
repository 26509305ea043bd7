using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Web.Cli;

/// <summary>How the values of options are read. What cannot be read becomes an error that names the option and says what it takes.</summary>
internal static class OptionParsers
{
    /// <summary>Stands for all interfaces: the library wants a value for each option that is given.</summary>
    public static readonly IPAddress AllInterfaces = IPAddress.IPv6Any;

    /// <summary>A port; 0 is allowed.</summary>
    public static int Port(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
        {
            return port;
        }

        result.AddError($"{OptionName(result)} takes a port from 0 to {IPEndPoint.MaxPort}, not '{text}'");
        return 0;
    }

    /// <summary>An address of this machine; <see cref="AllInterfaces"/> for all of them.</summary>
    public static IPAddress? Host(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        switch (text)
        {
            case "*":
                return AllInterfaces;
            case "localhost":
                return IPAddress.Loopback;
        }

        // IPAddress takes "8080" for 0.0.31.144; what people mean by that is a port in the wrong place.
        if (IPAddress.TryParse(text, out var address) && (address.ToString().Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3))
        {
            return address;
        }

        result.AddError($"{OptionName(result)} takes an IP address of this machine, localhost or *, not '{text}'");
        return null;
    }

    /// <summary><c>on</c> or <c>off</c>.</summary>
    public static OnOff OnOrOff(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text is not ("on" or "off"))
        {
            result.AddError($"{OptionName(result)} takes on or off, not '{text}'");
        }

        return text == "on" ? OnOff.On : OnOff.Off;
    }

    /// <summary>The kind of a key.</summary>
    public static KeyKind KeyType(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "ecdsa":
                return KeyKind.Ecdsa;
            case "rsa":
                return KeyKind.Rsa;
            default:
                result.AddError($"{OptionName(result)} takes ecdsa or rsa, not '{result.Tokens[0].Value}'");
                return default;
        }
    }

    /// <summary>Versions of HTTP.</summary>
    public static HttpVersions? Protocols(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "http1":
                return HttpVersions.Http1;
            case "http2":
                return HttpVersions.Http2;
            case "both":
                return HttpVersions.Both;
            default:
                result.AddError($"{OptionName(result)} takes http1, http2 or both, not '{result.Tokens[0].Value}'");
                return null;
        }
    }

    /// <summary>A time in seconds, a fraction allowed.</summary>
    public static TimeSpan? Seconds(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError($"{OptionName(result)} takes a number of seconds above 0 and up to 86400, not '{text}'");
        return null;
    }

    /// <summary>A whole number.</summary>
    public static int? Count(ArgumentResult result, int least)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= 1_000_000)
        {
            return count;
        }

        result.AddError($"{OptionName(result)} takes a number from {least} to 1000000, not '{text}'");
        return null;
    }

    /// <summary>Regular expressions for hosts.</summary>
    public static string[] Patterns(ArgumentResult result)
    {
        var patterns = result.Tokens.Select(token => token.Value).ToArray();
        foreach (var pattern in patterns)
        {
            if (PassThroughList.CheckPattern(pattern) is { } problem)
            {
                result.AddError($"{OptionName(result)} takes a regular expression, not '{pattern}': {problem}");
            }
        }

        return patterns;
    }

    /// <summary>A number of bytes, also as 500k, 10m or 2g.</summary>
    public static long? Size(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var factor = char.ToLowerInvariant(text.LastOrDefault()) switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1L };
        var digits = factor == 1 ? text : text[..^1];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / factor)
        {
            return count * factor;
        }

        result.AddError($"{OptionName(result)} takes a size such as 500k, 10m, 2g or a number of bytes, not '{text}'");
        return null;
    }

    /// <summary>How much a session may hold: at least a mebibyte.</summary>
    public static long? SessionSize(ArgumentResult result)
    {
        var size = Size(result);
        if (size is < 1 << 20)
        {
            result.AddError($"{OptionName(result)} takes a size from 1m");
        }

        return size;
    }

    /// <summary>How many flows are kept.</summary>
    public static long? FlowCount(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return count;
        }

        result.AddError($"{OptionName(result)} takes a number from 1, not '{text}'");
        return null;
    }

    /// <summary>An age: minutes, hours or days.</summary>
    public static TimeSpan? Age(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var minutes = text.LastOrDefault() switch { 'm' => 1, 'h' => 60, 'd' => 24 * 60, _ => 0 };
        if (minutes > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 36_500)
        {
            return TimeSpan.FromMinutes((double)count * minutes);
        }

        result.AddError($"{OptionName(result)} takes an age such as 30m, 12h or 30d, not '{text}'");
        return null;
    }

    /// <summary>Hosts for the SSL-strip test.</summary>
    public static SslStripTarget[] SslStripTargets(ArgumentResult result)
    {
        var targets = new List<SslStripTarget>();
        foreach (var token in result.Tokens)
        {
            if (SslStripTarget.Parse(token.Value) is { } target)
            {
                targets.Add(target);
            }
            else
            {
                result.AddError($"--ssl-strip takes a host such as example.com, *.example.com or example.com:8443 (the port of https), not '{token.Value}'");
            }
        }

        return [.. targets];
    }

    private static string OptionName(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
