import { describe, expect, it } from 'vitest';
import { parseJson } from './parseJson';
import { typeOfJson } from './typeOfJson';

function typeOf(source: string, name = 'user-list'): string {
  const parsed = parseJson(source);
  if (!parsed.ok) throw new Error(parsed.reason);
  return typeOfJson(parsed.node, name);
}

describe('typeOfJson', () => {
  it('objects of one array are one type; what some lack is optional', () => {
    expect(typeOf('[{"id":1,"a b":null},{"id":"x","tags":["t"]}]')).toBe(
      'export type UserList = {\n  id: number | string;\n  "a b"?: null;\n  tags?: string[];\n}[];',
    );
  });

  it.each([
    ['{}', 'Record<string, unknown>'],
    ['[]', 'unknown[]'],
    ['[1,null]', '(number | null)[]'],
    ['{"a":{"b":[true]}}', '{\n  a: {\n    b: boolean[];\n  };\n}'],
    ['null', 'null'],
  ])('%s', (source, type) => expect(typeOf(source)).toBe(`export type UserList = ${type};`));

  it('a name that is none', () => expect(typeOf('1', '0')).toBe('export type Root = number;'));
});
