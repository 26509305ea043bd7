import { expect, test } from 'vitest';
import { remember } from './filterHistory';

test('the newest filter comes first, each once, and the oldest goes', () => {
  expect(remember(['a', 'b'], 'b')).toEqual(['b', 'a']);
  expect(remember(['a'], ' ')).toEqual(['a']);
  const many = Array.from({ length: 50 }, (_, i) => `f${i}`);
  expect(remember(many, 'new')).toHaveLength(50);
  expect(remember(many, 'new')).not.toContain('f49');
});
