using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>Runs the benchmarks of single parts with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    /// <param name="name">A part of the names of the benchmarks to run; empty for all.</param>
    /// <param name="isLong">Whether to measure longer, for figures with less noise.</param>
    /// <returns>The exit code: 0 when every benchmark ran.</returns>
    public static int Run(string name, bool isLong)
    {
        // In this process: a project made for each run would not know the packages that this one pins.
        var toolchain = new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true);
        var time = new ProcessorTime();
        var config = ManualConfig.CreateEmpty()
            .AddJob((isLong ? Job.MediumRun.WithLaunchCount(1) : Job.ShortRun).WithToolchain(toolchain))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(StatisticColumn.Min, time)
            .AddDiagnoser(time, MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60))
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine("artifacts", "micro"));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(["--filter", name.Length == 0 ? "*" : $"*{name}*"], config).ToList();
        return summaries.Count > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
