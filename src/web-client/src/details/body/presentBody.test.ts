import { describe, expect, it } from 'vitest';
import { detectBody } from './detectBody';
import { chooseMode, presentBody } from './presentBody';

const bytes = (text: string) => new TextEncoder().encode(text);
const json = detectBody('application/json', bytes('{}'));

describe('presentBody', () => {
  it('pretty JSON is indented and highlighted', () => {
    expect(presentBody('{"a":1}', json, 'pretty', true)).toEqual({
      text: '{\n  "a": 1\n}',
      language: 'json',
      warning: null,
    });
  });

  it('malformed JSON is shown as it is, with the reason; the beginning of JSON is indented as far as it goes', () => {
    expect(presentBody('{"a":', json, 'pretty', true)).toMatchObject({ text: '{"a":', warning: expect.anything() });
    expect(presentBody('{"a":[1,', json, 'pretty', false)).toMatchObject({
      text: '{\n  "a": [\n    1,',
      warning: null,
    });
  });

  it('raw is raw', () => expect(presentBody('{"a":1}', json, 'raw', true).text).toBe('{"a":1}'));

  it('html keeps its text', () => {
    const html = detectBody('text/html', bytes('<p>'));
    expect(presentBody('<p>', html, 'pretty', true)).toEqual({ text: '<p>', language: 'html', warning: null });
  });
});

describe('chooseMode', () => {
  it('what was chosen before wins where it fits', () => {
    expect(chooseMode(json, {})).toBe('pretty');
    expect(chooseMode(json, { 'application/json': 'hex' })).toBe('hex');
    expect(chooseMode(json, { 'application/json': 'image' })).toBe('pretty');
  });
});
