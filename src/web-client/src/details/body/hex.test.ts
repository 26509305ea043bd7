import { describe, expect, it } from 'vitest';
import { hexLine, hexLineCount } from './hex';

describe('hex', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i + 0x3f);

  it('a full line', () => {
    expect(hexLine(bytes, 0)).toEqual({
      offset: '00000000',
      hex: '3f 40 41 42 43 44 45 46  47 48 49 4a 4b 4c 4d 4e',
      text: '?@ABCDEFGHIJKLMN',
    });
  });

  it('the last line is padded, what is not printable is a dot', () => {
    const line = hexLine(Uint8Array.of(...bytes.subarray(0, 16), 0, 0xff), 1);
    expect(line.offset).toBe('00000010');
    expect(line.hex).toHaveLength(48);
    expect(line.hex.trim()).toBe('00 ff');
    expect(line.text).toBe('··');
  });

  it('counts lines', () => expect([0, 1, 16, 17].map(hexLineCount)).toEqual([0, 1, 1, 2]));
});
