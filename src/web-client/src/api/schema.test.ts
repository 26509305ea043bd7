import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the types are made from the OpenAPI document that is kept; otherwise run “npm run api” at the top of the checkout', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const stamp = createHash('sha256').update(read('../../openapi/openapi.json')).digest('hex');
  expect(read('./schema.ts').split('\n', 1)[0]).toContain(stamp);
});
