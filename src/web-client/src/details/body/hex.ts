export const bytesPerLine = 16;

export interface HexLine {
  offset: string;
  hex: string;
  text: string;
}

const hexOf = (value: number, width: number) => value.toString(16).padStart(width, '0');

export const hexLineCount = (length: number): number => Math.ceil(length / bytesPerLine);

/** One line of a hex dump: offset, two groups of eight bytes, and what is printable. */
export function hexLine(bytes: Uint8Array, line: number): HexLine {
  const start = line * bytesPerLine;
  const part = bytes.subarray(start, start + bytesPerLine);
  const cells = Array.from({ length: bytesPerLine }, (_, i) => {
    const byte = part[i];
    return byte === undefined ? '  ' : hexOf(byte, 2);
  });
  return {
    offset: hexOf(start, 8),
    hex: `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}`,
    text: Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
  };
}
