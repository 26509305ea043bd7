using System.Text.Json;

namespace MitmWeb.Web.Tests.Api;

/// <summary>The dashboard's types are made from a copy of the OpenAPI document; this tells when the copy is out of date.</summary>
public sealed class OpenApiSnapshotTests
{
    private const string Snapshot = "src/web-client/openapi/openapi.json";

    [Fact]
    public async Task OpenApi_Document_IsTheOneThatTheDashboardsTypesAreMadeFrom()
    {
        await using var dashboard = await Dashboard.Start();
        var live = await dashboard.Json("/api/openapi.json");
        using var kept = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Checkout(), Snapshot)));
        Assert.True(
            JsonElement.DeepEquals(kept.RootElement, live),
            $"The API is not what {Snapshot} says. When the change is meant, run “npm run api” and commit what it writes.");
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MitmWeb.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the checkout.");
        }

        return folder.FullName;
    }
}
