import type { FilterError } from '../api/types';

export interface Replaced {
  text: string;
  cursor: number;
}

/** Puts a text in the place of a part of another, with the cursor behind it. */
export function replacePart(text: string, start: number, length: number, insert: string): Replaced {
  return { text: text.slice(0, start) + insert + text.slice(start + length), cursor: start + insert.length };
}

/** The text before what is wrong, what is wrong, and the text after it. Where something is missing, the place is one column wide. */
export function errorParts(text: string, error: FilterError): [before: string, wrong: string, after: string] {
  const end = error.position + error.length;
  if (error.length > 0) return [text.slice(0, error.position), text.slice(error.position, end), text.slice(end)];
  return [text.slice(0, error.position), '\u00a0', text.slice(error.position)];
}

/** The next item of a list when an arrow key is pressed; -1 is none of them, before the first and after the last. */
export function nextItem(active: number, count: number, step: 1 | -1): number {
  const next = active + step;
  if (next < -1) return count - 1;
  return next >= count ? -1 : next;
}
