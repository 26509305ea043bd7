namespace MitmWeb.Web.Setup;

/// <summary>How to set up one platform.</summary>
/// <param name="Platform">Which.</param>
/// <param name="Title">Its name.</param>
/// <param name="Summary">What is special about it, in half a line.</param>
/// <param name="Proxy">Step 1: how to send its traffic through the proxy.</param>
/// <param name="Trust">Step 2: how to make it trust the authority.</param>
/// <param name="Undo">How to take both back.</param>
internal sealed record SetupGuide(SetupPlatform Platform, string Title, string Summary, Html Proxy, Html Trust, Html Undo)
{
    /// <summary>Step 3: how to see that it worked; null where opening a page does.</summary>
    public Html? Check { get; init; }
}
