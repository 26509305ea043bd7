import type { FlowRow } from '../api/types';

/** A span of time, in milliseconds of the epoch. */
export interface TimeRange {
  from: number;
  to: number;
}

/** A flow on the waterfall, in pixels from its left. */
export interface WaterfallBar {
  left: number;
  /** From the start to the response's head, or to the end where there is none. */
  wait: number;
  receive: number;
}

/** So that what took no time is seen. */
const minWidth = 2;

type Timed = Pick<FlowRow, 'startedAt' | 'durationMs' | 'ttfbMs' | 'state'>;

const isRunning = ({ state }: Timed): boolean => state === 'pending' || state === 'streaming';

const endOf = (row: Timed, start: number, now: number): number =>
  isRunning(row) ? Math.max(start, now) : start + (row.durationMs ?? row.ttfbMs ?? 0);

/** From the first start to the last end; null without rows. */
export function timeRange(rows: readonly Timed[], now: number): TimeRange | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const start = Date.parse(row.startedAt);
    from = Math.min(from, start);
    to = Math.max(to, endOf(row, start, now));
  }
  return from > to ? null : { from, to };
}

/** Where the bar of a flow goes on a waterfall of this width. Flows that are not all within its time are cut. */
export function waterfallBar(row: Timed, { from, to }: TimeRange, width: number, now: number): WaterfallBar {
  const start = Date.parse(row.startedAt);
  const end = endOf(row, start, now);
  const scale = (width - minWidth) / Math.max(1, to - from);
  const at = (time: number) => Math.min(Math.max((time - from) * scale, 0), width - minWidth);
  const left = at(start);
  const right = Math.max(at(end), left + minWidth);
  const head = row.ttfbMs === null ? right : Math.min(Math.max(at(start + row.ttfbMs), left), right);
  return { left, wait: head - left, receive: right - head };
}
