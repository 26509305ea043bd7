import { describe, expect, it } from 'vitest';
import { alignHeaders } from './alignHeaders';
import { compareBodies } from './compareBodies';
import { changedPart, diffLines, type LineEdit } from './diffLines';
import { hunksOf, pairsOf } from './hunks';

const bytes = (text: string) => new TextEncoder().encode(text);
const signs = (edits: readonly LineEdit[] | null) =>
  edits?.map(({ kind }) => (kind === 'same' ? ' ' : kind === 'added' ? '+' : '-')).join('');

/** Both texts can be read out of the edits. */
function check(left: readonly string[], right: readonly string[], edits: readonly LineEdit[]) {
  expect(edits.flatMap((edit) => (edit.kind === 'added' ? [] : [left[edit.left]]))).toEqual(left);
  expect(edits.flatMap((edit) => (edit.kind === 'removed' ? [] : [right[edit.right]]))).toEqual(right);
  for (const edit of edits) if (edit.kind === 'same') expect(left[edit.left]).toBe(right[edit.right]);
}

describe('diffLines', () => {
  it.each([
    ['abc', 'abc', '   '],
    ['', 'ab', '++'],
    ['ab', '', '--'],
    ['abcabba', 'cbabac', null],
    ['abcdef', 'abXdef', '  -+   '],
    ['abc', 'xyz', '---+++'],
  ])('%s to %s', (left, right, expected) => {
    const [one, other] = [[...left], [...right]];
    const edits = diffLines(one, other, 100);
    if (!edits) throw new Error('There are few edits.');
    check(one, other, edits);
    if (expected !== null) expect(signs(edits)).toBe(expected);
  });

  it('any two lists, with no more edits than needed', () => {
    let seed = 7;
    const random = (most: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % most;
    };
    for (let round = 0; round < 200; round++) {
      const one = Array.from({ length: random(30) }, () => String(random(4)));
      const other = Array.from({ length: random(30) }, () => String(random(4)));
      const edits = diffLines(one, other, 100);
      if (!edits) throw new Error('There are at most 60 edits.');
      check(one, other, edits);
      expect(edits.filter(({ kind }) => kind !== 'same')).toHaveLength(
        one.length + other.length - 2 * common(one, other),
      );
    }
  });

  it('too many differences are given up on', () => {
    const lines = (from: number) => Array.from({ length: 100 }, (_, i) => String(from + i));
    expect(diffLines(lines(0), lines(1000), 150)).toBeNull();
  });
});

/** The length of the longest common subsequence, the slow and sure way. */
function common(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const one of left) {
    const next = [0];
    right.forEach((other, j) => {
      next.push(one === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    });
    row = next;
  }
  return row[right.length] ?? 0;
}

describe('hunks', () => {
  it('what is equal is folded, but for the lines beside a difference', () => {
    const left = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    const right = left.map((line, i) => (i === 20 ? 'other' : line));
    const hunks = hunksOf(diffLines(left, right, 10) ?? []);
    expect(hunks.map(({ kind, edits }) => [kind, edits.length])).toEqual([
      ['folded', 17],
      ['shown', 8],
      ['folded', 16],
    ]);
    expect(hunks.flatMap(({ edits }) => edits)).toHaveLength(41);
  });

  it('a line that took the place of another is laid beside it', () => {
    const pairs = pairsOf(diffLines(['a', 'b', 'c'], ['a', 'x', 'c'], 10) ?? []);
    expect([...pairs]).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(changedPart('"id": 1,', '"id": 27,')).toEqual({ start: 6, leftEnd: 7, rightEnd: 8 });
  });
});

describe('alignHeaders', () => {
  it('by name, in any case; equal values of one name belong together', () => {
    expect(
      alignHeaders(
        [
          ['Accept', 'a'],
          ['X', '1'],
          ['X', '2'],
          ['Gone', ''],
        ],
        [
          ['x', '2'],
          ['accept', 'b'],
          ['New', 'n'],
        ],
      ),
    ).toEqual([
      { name: 'Accept', left: 'a', right: 'b' },
      { name: 'X', left: '1', right: null },
      { name: 'X', left: '2', right: '2' },
      { name: 'Gone', left: '', right: null },
      { name: 'New', left: null, right: 'n' },
    ]);
  });
});

describe('compareBodies', () => {
  const json = (text: string) => ({ bytes: bytes(text), contentType: 'application/json' });

  it('JSON is set out first, so that only what differs does', () => {
    const result = compareBodies(json('{"a":1,"b":[1,2]}'), json('{ "a": 1, "b": [1, 3] }'));
    if (result.kind !== 'text') throw new Error(result.kind);
    expect(result.isFormatted).toBe(true);
    expect(result.edits.filter(({ kind }) => kind !== 'same')).toHaveLength(2);
  });

  it('malformed JSON is compared as it is', () => {
    expect(compareBodies(json('{"a":'), json('{"a":1}'))).toMatchObject({ kind: 'text', isFormatted: false });
  });

  it('binary bodies differ somewhere', () => {
    const binary = (...values: number[]) => ({ bytes: Uint8Array.of(...values), contentType: 'image/png' });
    expect(compareBodies(binary(0, 1, 2), binary(0, 1, 3, 4))).toEqual({
      kind: 'binary',
      left: 3,
      right: 4,
      firstDifference: 2,
    });
    expect(compareBodies(binary(0, 1), binary(0, 1))).toEqual({ kind: 'equal', size: 2 });
    expect(compareBodies(binary(), binary())).toEqual({ kind: 'none' });
  });

  it('a text against no body is all new', () => {
    const result = compareBodies(
      { bytes: new Uint8Array(), contentType: null },
      { bytes: bytes('a\nb'), contentType: 'text/plain' },
    );
    expect(result.kind === 'text' && signs(result.edits)).toBe('++');
  });
});
