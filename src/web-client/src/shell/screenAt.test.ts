import { expect, it } from 'vitest';
import { screenAt } from './screenAt';

it.each([
  ['/', 'traffic'],
  ['/flow/12/response', 'traffic'],
  ['/audit', 'audit'],
  ['/audit/example.com', 'audit'],
  ['/settings', 'settings'],
  ['/traffic', null],
  ['/nowhere', null],
])('%s leads to %s', (path, screen) => expect(screenAt(path)).toBe(screen));
