import type { BodyRows } from '../../api/types';

export type RowMark = BodyRows['marks'][number];

/** How many bytes the first row of `bytes` has. The server cuts rows the same way (BodyRows.cs). */
function firstRow(bytes: Uint8Array, from: number, maxRow: number): number {
  const left = bytes.length - from;
  const feed = bytes.subarray(from, from + maxRow).indexOf(0x0a);
  if (feed >= 0) return feed + 1;
  if (left <= maxRow) return left;
  let end = maxRow;
  // A character of UTF-8 has at most three bytes after its first, which begin with the bits 10.
  while (end > maxRow - 4 && ((bytes[from + end] ?? 0) & 0xc0) === 0x80) end--;
  return end > maxRow - 4 ? end : maxRow;
}

/** Where the rows of a block begin, and its end. */
export function rowStarts(bytes: Uint8Array, maxRow: number): number[] {
  const starts: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    starts.push(at);
    at += firstRow(bytes, at, maxRow);
  }
  starts.push(at);
  return starts;
}

/** The last mark whose `key` is at most `value`. */
export function markBefore(marks: readonly RowMark[], key: 'row' | 'at', value: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.[key] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
