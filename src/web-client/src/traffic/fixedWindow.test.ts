import { describe, expect, it } from 'vitest';
import { scrollHeightOf, scrollTopFor, visibleRows } from './fixedWindow';

describe('fixed window', () => {
  const small = { count: 100, rowHeight: 28, viewport: 280 };
  const huge = { count: 2_000_000, rowHeight: 28, viewport: 560 };

  it('draws what is seen and a little more', () => {
    expect(visibleRows(small, 0)).toEqual({
      start: 0,
      end: 16,
      top: 0,
      sheet: { first: 0, top: 0, height: 2800 },
      firstWhole: 0,
      lastWhole: 9,
      slots: 23,
    });
    expect(visibleRows(small, 1400)).toMatchObject({ start: 44, end: 66, top: 44 * 28 });
    expect(visibleRows(small, 1410)).toMatchObject({ firstWhole: 51, lastWhole: 59 });
    expect(visibleRows(small, 2520).end).toBe(100);
  });

  it('a sheet stays where it is while its rows change, and holds all that are drawn', () => {
    const long = { ...small, count: 10_000 };
    const first = visibleRows(long, 600 * 28);
    const later = visibleRows(long, 700 * 28);
    expect(first.sheet).toEqual({ first: 500, top: 500 * 28, height: 523 * 28 });
    expect(later.sheet).toEqual(first.sheet);
    const last = visibleRows(long, 1005 * 28);
    expect(last.start).toBe(999);
    expect(last.sheet.first + last.sheet.height / 28).toBeGreaterThanOrEqual(last.end);
  });

  it('an empty list draws nothing', () => {
    expect(visibleRows({ ...small, count: 0 }, 0)).toMatchObject({ start: 0, end: 0, top: 0 });
  });

  it('a huge list still reaches its first and last row', () => {
    const end = scrollHeightOf(huge) - huge.viewport;
    expect(visibleRows(huge, 0).start).toBe(0);
    const last = visibleRows(huge, end);
    expect(last.end).toBe(2_000_000);
    // The last row's lower edge is the end of the scrolled element.
    expect(last.top + (last.end - last.start) * 28).toBeCloseTo(scrollHeightOf(huge), 3);
    const middle = scrollTopFor(huge, 1_000_000, 0, true);
    const rows = visibleRows(huge, middle);
    expect(rows.start).toBeLessThan(1_000_000);
    expect(rows.end).toBeGreaterThan(1_000_000);
  });

  it('does not scroll for a row that is already seen', () => {
    expect(scrollTopFor(small, 5, 28, false)).toBe(28);
    expect(scrollTopFor(small, 0, 28, false)).toBe(0);
    expect(scrollTopFor(small, 20, 0, false)).toBe(21 * 28 - 280);
  });
});
