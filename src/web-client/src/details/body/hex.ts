export const bytesPerLine = 16;

const hexOf = (value: number, width: number) => value.toString(16).padStart(width, '0');

export const hexLineCount = (length: number): number => Math.ceil(length / bytesPerLine);

export const hexOffset = (at: number): string => hexOf(at, 8);

/** The bytes of a line in two groups of eight, as wide as a full line. */
export function hexCells(bytes: Uint8Array): string {
  const cells = Array.from({ length: bytesPerLine }, (_, i) => {
    const byte = bytes[i];
    return byte === undefined ? '  ' : hexOf(byte, 2);
  });
  return `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}`;
}

/** What is printable of the bytes of a line, and dots. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
