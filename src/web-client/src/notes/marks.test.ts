import { expect, test } from 'vitest';
import { isMarkColor, markSign } from './marks';

test('colours are told from other marks', () => {
  expect(isMarkColor('red')).toBe(true);
  expect(isMarkColor(':grapes:')).toBe(false);
  expect(isMarkColor(null)).toBe(false);
});

test('a mark is shown as its sign, or by its beginning', () => {
  expect(markSign(':grapes:')).toBe('🍇');
  expect(markSign(':nothing_known:')).toBe(':nothing_kno');
  expect(markSign('🍉')).toBe('🍉');
  expect(markSign('a long text for a mark')).toBe('a long text ');
});
