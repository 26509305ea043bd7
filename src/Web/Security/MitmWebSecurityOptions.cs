namespace MitmWeb.Web.Security;

/// <summary>Who may use the dashboard.</summary>
public sealed class MitmWebSecurityOptions
{
    /// <summary>The token of this run, or what <c>--web-password</c> says. Must not be empty.</summary>
    public string Token { get; set; } = "";

    /// <summary>Names by which the dashboard may be called, beside addresses, <c>localhost</c> and the machine's own name: what
    /// <c>--web-host</c> says, and what else is configured. Any other name in <c>Host</c> is refused (DNS rebinding).</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Origins (<c>http://localhost:5173</c>) that may use the API beside the dashboard's own.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>How much longer the answer to each further wrong token takes, up to eight times this.</summary>
    public TimeSpan WrongTokenDelay { get; set; } = TimeSpan.FromMilliseconds(250);
}
