import { expect, it } from 'vitest';
import { commonName, daysUntil } from './certificate';

it.each([
  ['CN=api.example.com, O=Example', 'api.example.com'],
  ['C=US, O=Trust, CN=Root X1', 'Root X1'],
  ['CN="Comma, Inc.", O=x', 'Comma, Inc.'],
  ['O=No name', 'O=No name'],
])('commonName(%s)', (name, expected) => expect(commonName(name)).toBe(expected));

it('daysUntil counts whole days', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(daysUntil('2026-11-22T13:00:00Z', now)).toBe(2);
  expect(daysUntil('2026-11-20T11:00:00Z', now)).toBe(-1);
});
