import { expect, it } from 'vitest';
import { markBefore, rowStarts } from './rows';

it('rows end with line feeds, or before the character that does not fit', () => {
  const bytes = new TextEncoder().encode(`a\n\n${'x'.repeat(255)}€€\nb`);
  expect(rowStarts(bytes, 256)).toEqual([0, 2, 3, 258, 265, 266]);
  expect(rowStarts(new Uint8Array(600), 256)).toEqual([0, 256, 512, 600]);
});

it('finds the mark before', () => {
  const marks = [0, 10, 30].map((row) => ({ at: row * 100, row, line: row + 1, continued: false }));
  expect([0, 9, 10, 29, 30, 99].map((row) => markBefore(marks, 'row', row))).toEqual([0, 0, 1, 1, 2, 2]);
  expect(markBefore(marks, 'at', 2999)).toBe(1);
});
