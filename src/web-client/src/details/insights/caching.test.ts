import { describe, expect, it } from 'vitest';
import type { Header } from '../../api/types';
import { httpFlow } from '../../copy/testing';
import { explainCaching } from './caching';
import { formatAge } from './formatAge';

// Flows of tests begin at 2026-11-20T13:00:00Z, and the first byte comes 80 ms later.
const date: Header = ['Date', 'Fri, 20 Nov 2026 13:00:00 GMT'];

function explained(headers: Header[], part: { method?: string; status?: number; request?: Header[] } = {}) {
  const flow = httpFlow({
    method: part.method ?? 'GET',
    headers: part.request ?? [],
    response: { status: part.status ?? 200, headers: [date, ...headers] },
  });
  const caching = explainCaching(flow);
  if (!caching) throw new Error('There is a response.');
  return { ...caching, ids: caching.insights.map(({ id }) => id) };
}

describe('explainCaching', () => {
  it.each<[string, Header[], number | null, number | null]>([
    ['max-age', [['Cache-Control', 'max-age=60']], 60, 60],
    ['s-maxage counts for shared caches alone', [['Cache-Control', 'max-age=60, s-maxage=10']], 60, 10],
    [
      'max-age goes before Expires',
      [
        ['Cache-Control', 'max-age=5'],
        ['Expires', 'Fri, 20 Nov 2026 14:00:00 GMT'],
      ],
      5,
      5,
    ],
    ['Expires', [['Expires', 'Fri, 20 Nov 2026 13:02:00 GMT']], 120, 120],
    ['Expires: 0 is stale', [['Expires', '0']], 0, 0],
    [
      'an age is taken off',
      [
        ['Cache-Control', 'max-age=60'],
        ['Age', '50'],
      ],
      10,
      10,
    ],
    ['a guess of a tenth', [['Last-Modified', 'Fri, 20 Nov 2026 12:50:00 GMT']], 60, 60],
    ['nothing to guess from', [], 0, 0],
    ['private', [['Cache-Control', 'private, max-age=60']], 60, null],
    ['no-store', [['Cache-Control', 'no-store, max-age=60']], null, null],
    ['no-cache is stored and asked about', [['Cache-Control', 'no-cache, max-age=60']], 0, 0],
    ['no number is stale', [['Cache-Control', 'max-age=soon']], 0, 0],
    [
      'two lines are one field',
      [
        ['Cache-Control', 'private'],
        ['cache-control', 'max-age="60"'],
      ],
      60,
      null,
    ],
  ])('%s', (_, headers, ofPrivate, ofShared) => {
    const caching = explained(headers);
    expect(caching.private.freshFor).toBe(ofPrivate);
    expect(caching.shared.freshFor).toBe(ofShared);
  });

  it('Authorization keeps shared caches off, unless the response opens it', () => {
    const request: Header[] = [['Authorization', 'Bearer x']];
    const closed = explained([['Cache-Control', 'max-age=60']], { request });
    expect([closed.private.isStored, closed.shared.isStored]).toEqual([true, false]);
    expect(closed.shared.source).toBe('RFC 9111, section 3.5');
    expect(explained([['Cache-Control', 'public, max-age=60']], { request }).shared.isStored).toBe(true);
  });

  it('answers to POST are not stored, and make caches forget', () => {
    const caching = explained([['Cache-Control', 'max-age=60']], { method: 'POST' });
    expect(caching.private.isStored).toBe(false);
    expect(caching.ids).toContain('cache-invalidates');
  });

  it('an unusual status is stored only when it says so', () => {
    expect(explained([], { status: 500 }).private.isStored).toBe(false);
    expect(explained([['Cache-Control', 'max-age=1']], { status: 500 }).private.isStored).toBe(true);
  });

  it('what follows depends on the validator', () => {
    expect(explained([['ETag', 'W/"1"']]).private.afterwards).toContain('If-None-Match');
    expect(explained([['Last-Modified', 'Fri, 20 Nov 2026 12:50:00 GMT']]).private.afterwards).toContain(
      'If-Modified-Since',
    );
    expect(explained([]).private.afterwards).toContain('no validator');
    expect(explained([['Vary', '*']]).private.afterwards).toContain('Vary: *');
  });

  it('a cookie in what shared caches keep is likely a mistake', () => {
    const cookie: Header = ['Set-Cookie', 'sid=1'];
    expect(explained([cookie, ['Cache-Control', 'public, max-age=60']]).ids).toContain('cache-cookie');
    expect(explained([cookie, ['Cache-Control', 'private, max-age=60']]).ids).not.toContain('cache-cookie');
  });
});

describe('formatAge', () => {
  it('takes the two largest units', () => {
    expect(formatAge(0)).toBe('0 seconds');
    expect(formatAge(61)).toBe('1 minute 1 second');
    expect(formatAge(93_784)).toBe('1 day 2 hours');
    expect(formatAge(31_536_000)).toBe('1 year');
  });
});
