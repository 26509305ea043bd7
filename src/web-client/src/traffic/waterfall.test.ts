import { describe, expect, it } from 'vitest';
import { flowRow } from './testing';
import { timeRange, waterfallBar } from './waterfall';

const at = (ms: number) => new Date(1_800_000_000_000 + ms).toISOString();
const row = (start: number, durationMs: number | null, ttfbMs: number | null, state: 'done' | 'pending' = 'done') =>
  flowRow({ startedAt: at(start), durationMs, ttfbMs, state });
const now = 1_800_000_001_000;

describe('waterfall', () => {
  it('spans the rows from the first start to the last end', () => {
    expect(timeRange([row(100, 50, 20), row(0, 20, 10), row(60, 10, 5)], now)).toEqual({
      from: now - 1000,
      to: now - 850,
    });
    expect(timeRange([], now)).toBeNull();
  });

  it('goes on to now for what still runs', () => {
    expect(timeRange([row(400, null, null, 'pending')], now)).toEqual({ from: now - 600, to: now });
  });

  it('shows waiting and receiving in proportion', () => {
    const range = { from: now - 1000, to: now };
    expect(waterfallBar(row(500, 250, 100), range, 102, now)).toEqual({ left: 50, wait: 10, receive: 15 });
    expect(waterfallBar(row(500, 250, null), range, 102, now)).toEqual({ left: 50, wait: 25, receive: 0 });
  });

  it('keeps what is short or outside to be seen at its side', () => {
    const range = { from: now - 1000, to: now };
    expect(waterfallBar(row(0, 0.1, 0.1), range, 102, now)).toEqual({
      left: 0,
      wait: expect.closeTo(0.01),
      receive: expect.closeTo(1.99),
    });
    expect(waterfallBar(row(5000, 10, null), range, 102, now)).toEqual({ left: 100, wait: 2, receive: 0 });
  });
});
