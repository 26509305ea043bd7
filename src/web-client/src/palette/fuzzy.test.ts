import { describe, expect, it } from 'vitest';
import { fuzzyMatch } from './fuzzy';

const best = (wanted: string, texts: string[]) =>
  texts
    .map((text) => ({ text, match: fuzzyMatch(wanted, text) }))
    .filter(({ match }) => match !== null)
    .sort((a, b) => (b.match?.score ?? 0) - (a.match?.score ?? 0))
    .map(({ text }) => text);

describe('fuzzyMatch', () => {
  it('finds characters in their order', () => {
    expect(fuzzyMatch('cpu', 'Copy URL')?.at).toEqual([0, 2, 5]);
    expect(fuzzyMatch('upc', 'Copy URL')).toBeNull();
  });
  it('finds words in any order', () => {
    expect(fuzzyMatch('url copy', 'Copy URL')?.at).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(fuzzyMatch('url paste', 'Copy URL')).toBeNull();
  });
  it('matches everything with nothing', () => expect(fuzzyMatch(' ', 'Copy URL')?.at).toEqual([]));
  it.each([
    ['copy', ['Show the copy', 'Copy URL'], 'Copy URL'],
    ['cu', ['Focus the filter', 'Copy URL', 'Copy as cURL'], 'Copy as cURL'],
    ['dark', ['Theme: dark', 'Delete all marks'], 'Theme: dark'],
    ['set', ['Go to Settings', 'Reset the columns'], 'Go to Settings'],
  ])('puts what was meant by %j first', (wanted, texts, first) => expect(best(wanted, texts)[0]).toBe(first));
  it('does not take characters strewn inside words', () =>
    expect(fuzzyMatch('oeea', 'Show or hide clients; a text: beta')).toBeNull());
});
