import { expect, test } from 'vitest';
import { added, type Chosen, chosenCount, isChosen, nothingChosen, toggled, toSelection } from './selection';

test('a second flow joins the one that is shown', () => {
  const two = toggled(nothingChosen, 5, 3);
  expect(toSelection(two, null)).toEqual({ ids: [3, 5], filter: null, upTo: null });
  expect(toSelection(toggled(two, 5, 3), null)).toEqual({ ids: [3], filter: null, upTo: null });
});

test('all that match are meant by the filter, as far as they were there', () => {
  const all: Chosen = { kind: 'all', filter: 'host:a', upTo: 90, total: 12 };
  expect(chosenCount(all)).toBe(12);
  expect(isChosen(all, 90, 'host:a')).toBe(true);
  expect(isChosen(all, 91, 'host:a')).toBe(false);
  expect(isChosen(all, 1, 'host:b')).toBe(false);
  expect(toSelection(all, 4)).toEqual({ ids: null, filter: 'host:a', upTo: 90 });
});

test('an action on a flow outside of the chosen ones is for that flow alone', () => {
  const some = added(nothingChosen, [1, 2]);
  expect(toSelection(some, 7)).toEqual({ ids: [7], filter: null, upTo: null });
  expect(toSelection(some, 2)).toEqual({ ids: [1, 2], filter: null, upTo: null });
  expect(toSelection(nothingChosen, null)).toBeNull();
});
