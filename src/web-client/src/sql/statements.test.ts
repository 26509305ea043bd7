import { describe, expect, it } from 'vitest';
import { cellText, columnWidths, flowColumns, remember } from './statements';

describe('remember', () => {
  it('keeps each statement once, the newest first', () => {
    expect(remember(['a', 'b'], ' b\n')).toEqual(['b', 'a']);
    expect(remember(['a'], '  ')).toEqual(['a']);
    expect(
      remember(
        Array.from({ length: 50 }, (_, i) => `s${i}`),
        'new',
      ),
    ).toHaveLength(50);
  });
});

describe('flowColumns', () => {
  it('finds flow_id everywhere and id only where it is a flow’s', () => {
    expect([...flowColumns({ columns: ['host', 'flow_id'] }, 'SELECT host, flow_id FROM headers')]).toEqual([1]);
    expect([...flowColumns({ columns: ['id', 'host'] }, 'SELECT id, host FROM flows')]).toEqual([0]);
    expect([...flowColumns({ columns: ['id'] }, 'SELECT id FROM connections')]).toEqual([]);
  });
});

describe('cells', () => {
  it('tells NULL from the empty text', () => {
    expect(cellText(null)).toBe('NULL');
    expect(cellText('')).toBe('');
    expect(cellText(0)).toBe('0');
  });

  it('gives columns the room that their values need, within bounds', () => {
    const widths = columnWidths({ columns: ['a', 'b'], rows: [[1, 'x'.repeat(1000)]] });
    expect(widths[0]).toBe(56);
    expect(widths[1]).toBe(440);
  });
});
