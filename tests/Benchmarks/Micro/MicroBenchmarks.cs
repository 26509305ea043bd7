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
    /// <param name="arguments">A part of the names of the benchmarks to run, then options of BenchmarkDotNet: <c>--job medium</c>
    /// measures longer than the short job does.</param>
    /// <returns>The exit code: 0 when every benchmark ran.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var hasName = arguments is [var first, ..] && !first.StartsWith('-');
        var filter = hasName ? $"*{arguments[0]}*" : "*";
        var options = arguments.Skip(hasName ? 1 : 0).ToArray();

        // In this process: a project made for each run would not know the packages that this one pins.
        var toolchain = new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true);
        var job = options.Contains("--job") || options.Contains("-j") ? Job.Default.AsMutator() : Job.ShortRun;
        var time = new ProcessorTime();
        var config = ManualConfig.CreateEmpty()
            .AddJob(job.WithToolchain(toolchain))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(StatisticColumn.Min, time)
            .AddDiagnoser(time, MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60))
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine("artifacts", "micro"));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(["--filter", filter, .. options], config).ToList();
        return summaries.Count > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
