import { describe, expect, it } from 'vitest';
import { hexCells, hexLineCount, hexOffset, printable } from './hex';

describe('hex', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i + 0x3f);

  it('a full line', () => {
    expect(hexOffset(16)).toBe('00000010');
    expect(hexCells(bytes)).toBe('3f 40 41 42 43 44 45 46  47 48 49 4a 4b 4c 4d 4e');
    expect(printable(bytes)).toBe('?@ABCDEFGHIJKLMN');
  });

  it('the last line is padded, what is not printable is a dot', () => {
    const cells = hexCells(Uint8Array.of(0, 0xff));
    expect(cells).toHaveLength(48);
    expect(cells.trim()).toBe('00 ff');
    expect(printable(Uint8Array.of(0, 0xff))).toBe('··');
  });

  it('counts lines', () => expect([0, 1, 16, 17].map(hexLineCount)).toEqual([0, 1, 1, 2]));
});
