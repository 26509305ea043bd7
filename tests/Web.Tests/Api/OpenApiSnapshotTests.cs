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
            $"The API is not what {Snapshot} says at {FirstDifference(kept.RootElement, live, "#")}. When the change is meant, run “npm run api” and commit what it writes.");
    }

    private static string FirstDifference(JsonElement kept, JsonElement live, string path)
    {
        if (kept.ValueKind == JsonValueKind.Object && live.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in kept.EnumerateObject().Concat(live.EnumerateObject()).Select(member => member.Name).Distinct())
            {
                var inKept = kept.TryGetProperty(name, out var one);
                var inLive = live.TryGetProperty(name, out var other);
                if (!inKept || !inLive)
                {
                    return $"{path}/{name} ({(inKept ? "gone" : "new")})";
                }

                if (!JsonElement.DeepEquals(one, other))
                {
                    return FirstDifference(one, other, $"{path}/{name}");
                }
            }
        }

        return $"{path}: '{kept}' there, '{live}' now";
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
