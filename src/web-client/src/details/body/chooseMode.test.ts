import { expect, it } from 'vitest';
import { chooseMode } from './chooseMode';
import { detectBody } from './detectBody';

const json = detectBody('application/json', new TextEncoder().encode('{}'));

it('what was chosen before wins where it fits', () => {
  expect(chooseMode(json, true, {})).toBe('pretty');
  expect(chooseMode(json, true, { 'application/json': 'hex' })).toBe('hex');
  expect(chooseMode(json, true, { 'application/json': 'preview' })).toBe('pretty');
});

it('a long text is shown by its lines, unless that was changed for long ones', () => {
  expect(chooseMode(json, false, { 'application/json': 'tree' })).toBe('raw');
  expect(chooseMode(json, false, { 'application/json long': 'tree' })).toBe('tree');
});
