import { expect, it } from 'vitest';
import { type TreeItem, treeStep } from './treeKeys';

const items: TreeItem[] = [
  { level: 1, isOpen: true },
  { level: 2, isOpen: false },
  { level: 2, isOpen: true },
  { level: 3, isOpen: null },
  { level: 1, isOpen: true },
];

it.each([
  [0, 'ArrowDown', { to: 1 }],
  [4, 'ArrowDown', null],
  [1, 'ArrowUp', { to: 0 }],
  [0, 'ArrowUp', null],
  [2, 'Home', { to: 0 }],
  [2, 'End', { to: 4 }],
  [4, 'End', null],
  [0, 'ArrowRight', { to: 1 }],
  [1, 'ArrowRight', 'toggle'],
  [3, 'ArrowRight', null],
  // Open, but what is below is not known yet.
  [4, 'ArrowRight', null],
  [2, 'ArrowLeft', 'toggle'],
  [3, 'ArrowLeft', { to: 2 }],
  [1, 'ArrowLeft', { to: 0 }],
  [0, 'x', null],
  [9, 'ArrowUp', null],
])('on line %i %s does %o', (at, key, step) => expect(treeStep(items, at, key)).toEqual(step));
