using System.Runtime.InteropServices;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Sums flows up.</summary>
internal static class FlowSummary
{
    /// <summary>Rows that are read at a time, so that a selection of all flows needs no memory for all rows.</summary>
    private const int Part = 2000;

    private const int MaxHosts = 10;

    /// <summary>What flows come to; those that are gone do not count.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static FlowSummaryDto Of(FlowStore store, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var statuses = new Dictionary<string, long>();
        var hosts = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        var (flows, requests, responses, errors, ended, micros, slowest) = (0L, 0L, 0L, 0L, 0L, 0L, 0L);
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var part in ids.Distinct().Chunk(Part))
        {
            foreach (var row in store.Rows(part, cancellationToken))
            {
                flows++;
                requests += row.RequestSize;
                responses += row.ResponseSize;
                errors += row.State == FlowState.Error || row.Error is not null || row.Status >= 400 ? 1 : 0;
                Count(statuses, row.Status is { } status ? $"{status / 100}xx" : "none");
                Count(hosts, row.Host);
                var end = row.StartedAt;
                if (row.Duration is { } took)
                {
                    ended++;
                    micros += took;
                    slowest = Math.Max(slowest, took);
                    end = end.AddMicroseconds(took);
                }

                first = row.StartedAt < first ? row.StartedAt : first;
                last = end > last ? end : last;
            }
        }

        return new FlowSummaryDto(
            flows,
            requests,
            responses,
            flows == 0 ? 0 : (last - first).TotalMilliseconds,
            ended == 0 ? null : micros / 1000.0 / ended,
            ended == 0 ? null : slowest / 1000.0,
            errors,
            hosts.Count,
            Most(statuses, int.MaxValue),
            Most(hosts, MaxHosts));
    }

    private static void Count(Dictionary<string, long> counts, string name) => CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _)++;

    private static NamedCountDto[] Most(Dictionary<string, long> counts, int limit) =>
        [.. counts.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(limit).Select(one => new NamedCountDto(one.Key, one.Value))];
}
