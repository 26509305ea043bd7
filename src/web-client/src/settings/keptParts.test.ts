import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keptOf, keptParts } from './keptParts';

/** The keys that the sources keep in the browser, as they are written there. */
function keysInSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .flatMap((name) => [
      ...readFileSync(join(folder, name), 'utf8').matchAll(/usePersistent(?:<[^(]*>)?\(\s*'([^']+)'/g),
    ])
    .map(([, key]) => key ?? '');
}

it('names all that the dashboard keeps', () => {
  const keys = keysInSources(join(import.meta.dirname, '..'));
  expect(keys.length).toBeGreaterThan(10);
  expect(keptOf('others', keys)).toEqual([]);
});

it('names nothing twice, and nothing that is not there', () => {
  const named = Object.values(keptParts).flat();
  expect(new Set(named).size).toBe(named.length);
  expect(new Set(keysInSources(join(import.meta.dirname, '..')))).toEqual(new Set(named));
});

it('leaves to the others what no part names', () => expect(keptOf('others', ['columns', 'new'])).toEqual(['new']));
