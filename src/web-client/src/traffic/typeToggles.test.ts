import { describe, expect, it } from 'vitest';
import { chosenTypes, errorTerm, hasErrors, toggleErrors, toggleType } from './typeToggles';

describe('buttons of types', () => {
  it.each([
    ['', []],
    ['is:js', ['js']],
    ['is:js | is:css', ['js', 'css']],
    ['host:a (is:js|is:css) status:200', ['js', 'css']],
    ['host:a is:error', []],
    ['-is:js', []],
    ['NOT is:js', []],
    ['host:a | is:js', []],
    ['(host:a | host:b) is:js', ['js']],
    ['"a is:js b"', []],
    ['path:/a is:js b/', []],
    ['path:/a|b/ is:js', []],
  ])('%s shows %j', (filter, words) => expect(chosenTypes(filter)).toEqual(words));

  it.each([
    ['', 'js', 'is:js'],
    ['is:js', 'js', ''],
    ['is:js', 'css', '(is:js | is:css)'],
    ['is:js | is:css', 'js', 'is:css'],
    ['host:a is:js', 'css', 'host:a (is:js | is:css)'],
    ['host:a (is:js | is:css) status:200', 'js', 'host:a is:css status:200'],
    ['host:a is:js status:200', 'js', 'host:a status:200'],
    ['host:a | host:b', 'js', '(host:a | host:b) is:js'],
    ['host:a OR host:b', 'js', '(host:a OR host:b) is:js'],
    ['~u "a b"', 'image', '~u "a b" is:image'],
  ] as const)('%s with %s is %s', (filter, word, expected) => expect(toggleType(filter, word)).toBe(expected));

  it('errors come and go beside the types', () => {
    const filter = toggleErrors('is:js');
    expect(filter).toBe(`is:js ${errorTerm}`);
    expect([hasErrors(filter), chosenTypes(filter)]).toEqual([true, ['js']]);
    expect(toggleErrors(filter)).toBe('is:js');
    expect(toggleErrors(toggleErrors(''))).toBe('');
  });
});
