import { describe, expect, test } from 'vitest';
import { errorParts, nextItem, replacePart } from './filterText';

const error = (position: number, length: number) => ({ message: '', position, length, expected: '', suggestion: null });

describe('replacePart', () => {
  test('puts the cursor behind what was inserted', () => {
    expect(replacePart('a host:ex b', 7, 2, 'example.com')).toEqual({ text: 'a host:example.com b', cursor: 18 });
  });
  test('an empty insert takes the part out', () => {
    expect(replacePart('a)', 1, 1, '')).toEqual({ text: 'a', cursor: 1 });
  });
});

describe('errorParts', () => {
  test('splits around what is wrong', () => {
    expect(errorParts('a ~z b', error(2, 2))).toEqual(['a ', '~z', ' b']);
  });
  test('marks the place where something is missing', () => {
    expect(errorParts('host:', error(5, 0))).toEqual(['host:', '\u00a0', '']);
  });
});

describe('nextItem', () => {
  test('goes through the list and back to the text', () => {
    expect([-1, 0, 1].map((active) => nextItem(active, 2, 1))).toEqual([0, 1, -1]);
    expect([-1, 0, 1].map((active) => nextItem(active, 2, -1))).toEqual([1, -1, 0]);
  });
});
