namespace MitmWeb.Proxy.Audit;

/// <summary>From findings to a grade (docs/audit.md).</summary>
internal static class Grades
{
    private static readonly string[] Worst = ["F", "D", "C", "B", "A", "A+"];

    /// <summary>The grade that the worst finding allows.</summary>
    public static string Of(AuditSeverity worst, bool isExemplary) => worst switch
    {
        AuditSeverity.Critical => "F",
        AuditSeverity.High => "D",
        AuditSeverity.Medium => "C",
        AuditSeverity.Low => "B",
        _ => isExemplary ? "A+" : "A",
    };

    /// <summary>The worst is 0; hosts without a grade come last.</summary>
    public static int Rank(string? grade) => grade is null ? Worst.Length : Array.IndexOf(Worst, grade);
}
