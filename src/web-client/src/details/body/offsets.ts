import type { BodyMatch } from '../../api/types';

export interface TextRange {
  from: number;
  to: number;
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

/** Which characters of the decoded text the matches are, whose places are bytes. They must be in their order. */
export function toCharacters(bytes: Uint8Array, charset: string, matches: readonly BodyMatch[]): TextRange[] {
  const decoder = new TextDecoder(charset);
  let byte = 0;
  let char = 0;
  const move = (to: number) => {
    if (to < byte) return;
    char += decoder.decode(bytes.subarray(byte, to), { stream: true }).length;
    byte = to;
  };
  return matches.flatMap(({ at, length }) => {
    if (at + length > bytes.length) return [];
    move(at);
    const from = char;
    move(at + length);
    return [{ from, to: char }];
  });
}

/**
 * Where ranges of a text are in the same text with other white space: formatting moves white space only, so the characters that are none
 * are the same in the same order.
 */
export function throughFormatting(source: string, formatted: string, ranges: readonly TextRange[]): TextRange[] {
  let solid = 0;
  let at = 0;
  const solidBefore = (place: number): number => {
    for (; at < place; at++) if (!isSpace(source.charCodeAt(at))) solid++;
    return solid;
  };
  let there = 0;
  let thereSolid = 0;
  /** The place in the formatted text before which there are so many solid characters; `next` skips the white space after them. */
  const placeOf = (count: number, next: boolean): number => {
    for (; thereSolid < count && there < formatted.length; there++) {
      if (!isSpace(formatted.charCodeAt(there))) thereSolid++;
    }
    if (next) while (there < formatted.length && isSpace(formatted.charCodeAt(there))) there++;
    return there;
  };
  return ranges.map(({ from, to }) => {
    const start = placeOf(solidBefore(from), true);
    return { from: start, to: Math.max(start, placeOf(solidBefore(to), false)) };
  });
}
