import { useEffect, useState } from 'react';
import { summarize } from '../api/rest';
import type { FlowSelection, FlowSummary } from '../api/types';
import { formatDuration, formatSize } from '../format/format';
import { en } from '../strings/en';
import classes from './notes.module.css';

/** Rows are chosen one after the other faster than it is of use to sum them up. */
const debounceMs = 120;

/** What the chosen flows come to: bytes, time, statuses and hosts. */
export function SelectionSummary({ selection }: { selection: FlowSelection }) {
  const [summary, setSummary] = useState<FlowSummary | string | null>(null);
  const key = JSON.stringify(selection);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      summarize(JSON.parse(key) as FlowSelection).then(
        (now) => wanted && setSummary(now),
        (error: unknown) => wanted && setSummary(error instanceof Error ? error.message : String(error)),
      );
    }, debounceMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key]);

  if (summary === null) return <dl className={classes.summary} aria-busy="true" />;
  if (typeof summary === 'string') return <p className={classes.summary}>{en.selection.failed(summary)}</p>;
  const text = en.selection.summary;
  const hosts = summary.topHosts.map(({ name, flows }) => text.host(name, flows));
  const left = summary.hosts - summary.topHosts.length;
  const facts: [string, string, string?][] = [
    [text.sent, formatSize(summary.requestSize)],
    [text.received, formatSize(summary.responseSize)],
    [text.span, formatDuration(summary.spanMs)],
    ...(summary.meanMs === null || summary.slowestMs === null
      ? []
      : ([[text.each, text.mean(formatDuration(summary.meanMs), formatDuration(summary.slowestMs))]] as [
          string,
          string,
        ][])),
    [text.statuses, summary.statuses.map(({ name, flows }) => text.status(name, flows)).join(', ')],
    [text.hosts, hosts.slice(0, 2).join(', ') + text.more(summary.hosts - 2), [...hosts, text.more(left)].join('\n')],
  ];
  return (
    <dl className={classes.summary} data-testid="selection-summary">
      {facts.map(([name, value, all]) => (
        <div key={name} title={all}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
