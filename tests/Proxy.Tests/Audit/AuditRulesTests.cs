using MitmWeb.Proxy.Audit;

namespace MitmWeb.Proxy.Tests.Audit;

public sealed class AuditRulesTests
{
    [Fact]
    public async Task Documentation_ListsEachRuleWithItsSeverityTitleAndSource()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Checkout(), "docs/audit.md"));
        var documented = lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(c => c == '|') == 5).Order(StringComparer.Ordinal);

        var rules = AuditRules.All
            .Select(rule => $"| `{rule.Id}` | {rule.Severity.ToString().ToLowerInvariant()} | {rule.Title} | {rule.Source} |")
            .Order(StringComparer.Ordinal);

        Assert.Equal(rules, documented);
    }

    [Fact]
    public void Rules_HaveIdsOfTheirOwnAndEveryText()
    {
        Assert.Equal(AuditRules.All.Count, AuditRules.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(AuditRules.All, rule => Assert.All([rule.Title, rule.Explanation, rule.Fix, rule.Source], text => Assert.NotEmpty(text)));
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
