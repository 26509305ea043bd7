import { expect, it } from 'vitest';
import { formatJson } from './format/formatJson';
import { throughFormatting, toCharacters } from './offsets';

it('places in bytes become places in the formatted text', () => {
  const source = '{"grün":[1,22],"b":"22 x"}';
  const bytes = new TextEncoder().encode(source);
  const places = [...source.matchAll(/22/g)].map((match) => ({
    at: new TextEncoder().encode(source.slice(0, match.index)).length,
    length: 2,
  }));
  const ranges = toCharacters(bytes, 'utf-8', places);
  expect(ranges.map(({ from, to }) => source.slice(from, to))).toEqual(['22', '22']);
  const formatted = formatJson(source);
  if (!formatted.ok) throw new Error(formatted.reason);
  const there = throughFormatting(source, formatted.text, ranges);
  expect(there.map(({ from, to }) => formatted.text.slice(from, to))).toEqual(['22', '22']);
  expect(there.map(({ from }) => formatted.text.indexOf('22', from) === from)).toEqual([true, true]);
});

it('what is beyond the bytes that are there is left out', () => {
  expect(toCharacters(new Uint8Array(5), 'utf-8', [{ at: 4, length: 2 }])).toEqual([]);
});
