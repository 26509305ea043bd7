using System.Globalization;
using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>The processor time of all threads of the process for an operation: what works behind the caller counts, and what others do on the
/// machine does not. Takes it as a diagnoser and shows it as a column, for benchmarks that run in this process.</summary>
internal sealed class ProcessorTime : IDiagnoser, IColumn
{
    private readonly Dictionary<BenchmarkCase, TimeSpan> _used = [];
    private TimeSpan _before;

    public IEnumerable<string> Ids => [nameof(ProcessorTime)];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public string Id => nameof(ProcessorTime);

    public string ColumnName => "CPU";

    public string Legend => "Processor time of the whole process for an operation";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Time;

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
        switch (signal)
        {
            case HostSignal.BeforeActualRun:
                _before = Environment.CpuUsage.TotalTime;
                break;
            case HostSignal.AfterActualRun:
                _used[parameters.BenchmarkCase] = Environment.CpuUsage.TotalTime - _before;
                break;
        }
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results) => [];

    public void DisplayResults(ILogger logger)
    {
        // The column says it.
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        var operations = summary[benchmarkCase]?.AllMeasurements
            .Where(one => one is { IterationMode: IterationMode.Workload, IterationStage: IterationStage.Actual })
            .Sum(one => one.Operations) ?? 0;
        return operations > 0 && _used.TryGetValue(benchmarkCase, out var used) ? Text(used.TotalNanoseconds / operations) : "?";
    }

    private static string Text(double nanoseconds) => nanoseconds switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:0.0} μs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:0.0} ms"),
    };
}
