import { describe, expect, it } from 'vitest';
import { cookieTerm, headerTerm, queryTerms, withTerm } from './filterTerms';

describe('terms of the filter language', () => {
  it('values are quoted, and names stand as they are', () => {
    expect(cookieTerm('sid', 'a"b\\c')).toBe('cookie.sid="a\\"b\\\\c"');
    expect(headerTerm('response', 'ETag', '"1"')).toBe('respheader.etag="\\"1\\""');
    expect(queryTerms('/a?b=%20c&&d#e')).toEqual(['query:"b=%20c"', 'query:"d"']);
  });

  it('what the language cannot say has no term', () => {
    expect(headerTerm('request', 'a b', 'c')).toBeNull();
    expect(cookieTerm('', 'c')).toBeNull();
    expect(cookieTerm('empty', '')).toBeNull();
  });

  it('a term narrows what was asked for before', () => {
    expect(withTerm('', 'a:b')).toBe('a:b');
    expect(withTerm('status:4xx', 'a:b')).toBe('status:4xx a:b');
    expect(withTerm('x | y', 'a:b')).toBe('(x | y) a:b');
    expect(withTerm('a:b c', 'a:b')).toBe('a:b c');
  });
});
