import { describe, expect, it } from 'vitest';
import { formatJson } from './formatJson';

describe('formatJson', () => {
  it('indents like JSON.stringify', () => {
    const value = { a: [1, 2, { b: null }], c: {}, d: [], e: 'x, {y}: [z] \\" "', f: true };
    expect(formatJson(JSON.stringify(value))).toEqual({ ok: true, text: JSON.stringify(value, null, 2) });
  });

  it('keeps numbers, escapes and duplicate keys as sent', () => {
    expect(formatJson('{"n":12345678901234567890,"n":1.0,"s":"\\u00e9"}')).toEqual({
      ok: true,
      text: '{\n  "n": 12345678901234567890,\n  "n": 1.0,\n  "s": "\\u00e9"\n}',
    });
  });

  it('says why malformed JSON is malformed', () => {
    const result = formatJson('{"a": 1,}');
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty('reason', expect.stringMatching(/JSON/));
  });

  it('takes JSON lines', () => {
    expect(formatJson('{"a":1}\n{"a":2}\n')).toEqual({ ok: true, text: '{\n  "a": 1\n}\n{\n  "a": 2\n}' });
  });

  it('plain values', () => expect(formatJson(' "x" ')).toEqual({ ok: true, text: '"x"' }));
});
