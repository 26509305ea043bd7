import { describe, expect, it } from 'vitest';
import type { Header } from '../../api/types';
import { httpFlow } from '../../copy/testing';
import { explainCompression } from './compression';
import { explainCors } from './cors';
import { explainSecurityHeaders } from './securityHeaders';

const ids = (insights: readonly { id: string }[]) => insights.map(({ id }) => id);

describe('explainCors', () => {
  const asked = (headers: Header[], request: Header[] = [], method = 'GET', status = 200) =>
    ids(
      explainCors(
        httpFlow({ method, headers: [['Origin', 'https://app.example'], ...request], response: { status, headers } }),
      ),
    );

  it('the same origin, or none, is no matter of CORS', () => {
    expect(explainCors(httpFlow({ headers: [['Origin', 'https://api.example.com']], response: {} }))).toEqual([]);
    expect(explainCors(httpFlow({ response: {} }))).toEqual([]);
  });

  it.each<[string, Header[], string]>([
    ['nothing allows it', [], 'cors-missing'],
    ['another origin', [['Access-Control-Allow-Origin', 'https://other.example']], 'cors-other'],
    ['the scheme counts', [['Access-Control-Allow-Origin', 'http://app.example']], 'cors-other'],
    ['two origins', [['Access-Control-Allow-Origin', 'https://app.example, https://other.example']], 'cors-many'],
    ['a star', [['Access-Control-Allow-Origin', '*']], 'cors-allowed'],
    [
      'a star with credentials',
      [
        ['Access-Control-Allow-Origin', '*'],
        ['Access-Control-Allow-Credentials', 'true'],
      ],
      'cors-wildcard-credentials',
    ],
    ['no Vary', [['Access-Control-Allow-Origin', 'https://app.example']], 'cors-vary'],
  ])('%s', (_, headers, id) => expect(asked(headers)).toContain(id));

  it('cookies that the answer does not allow', () => {
    const headers: Header[] = [
      ['Access-Control-Allow-Origin', 'https://app.example'],
      ['Vary', 'Origin'],
    ];
    expect(asked(headers, [['Cookie', 'a=b']])).toContain('cors-no-credentials');
    expect(asked([...headers, ['Access-Control-Allow-Credentials', 'true']], [['Cookie', 'a=b']])).not.toContain(
      'cors-no-credentials',
    );
  });

  it('a preflight is allowed all, or told what is lacking', () => {
    const request: Header[] = [
      ['Access-Control-Request-Method', 'DELETE'],
      ['Access-Control-Request-Headers', 'x-a,authorization'],
    ];
    const origin: Header = ['Access-Control-Allow-Origin', '*'];
    expect(asked([origin], request, 'OPTIONS', 401)).toEqual(
      expect.arrayContaining(['cors-preflight-status', 'cors-preflight-method', 'cors-preflight-headers']),
    );
    const allowed: Header[] = [
      origin,
      ['Access-Control-Allow-Methods', 'PUT, DELETE'],
      ['Access-Control-Allow-Headers', '*, Authorization'],
      ['Access-Control-Max-Age', '60'],
    ];
    expect(asked(allowed, request, 'OPTIONS', 204)).toEqual(['cors-allowed', 'cors-preflight']);
    expect(
      asked(
        [origin, ['Access-Control-Allow-Methods', '*'], ['Access-Control-Allow-Headers', '*']],
        request,
        'OPTIONS',
        204,
      ),
    ).toContain('cors-preflight-headers');
  });

  it('JSON and own headers want a preflight, forms do not', () => {
    const allowed: Header[] = [['Access-Control-Allow-Origin', '*']];
    expect(asked(allowed, [['Content-Type', 'application/json']], 'POST')).toContain('cors-preflighted');
    expect(asked(allowed, [['Content-Type', 'text/plain; charset=utf-8']], 'POST')).not.toContain('cors-preflighted');
    expect(asked(allowed, [['X-A', '1']])).toContain('cors-preflighted');
  });
});

describe('explainSecurityHeaders', () => {
  const page = (headers: Header[]) =>
    ids(explainSecurityHeaders(httpFlow({ response: { headers: [['Content-Type', 'text/html'], ...headers] } })));

  it('a page without any', () => {
    expect(page([])).toEqual(['csp-missing', 'framing-open', 'referrer-default', 'nosniff-missing']);
  });

  it.each<[string, string]>([
    ["script-src 'self'", 'csp'],
    ["default-src 'self'; script-src 'unsafe-inline'", 'csp-weak'],
    ["script-src 'nonce-abc' 'unsafe-inline'", 'csp'],
    ["img-src 'self'", 'csp-weak'],
    ["default-src *; frame-ancestors 'none'", 'csp-weak'],
  ])('%s', (policy, id) => expect(page([['Content-Security-Policy', policy]])).toContain(id));

  it('what is no page needs no policy; versions are told of', () => {
    const flow = httpFlow({
      response: {
        headers: [
          ['Content-Type', 'image/png'],
          ['Server', 'nginx/1.24.0'],
        ],
      },
    });
    expect(ids(explainSecurityHeaders(flow))).toEqual(['version-shown']);
  });
});

describe('explainCompression', () => {
  const flow = (headers: Header[], bodySize: number, accept = 'gzip, br') =>
    httpFlow({ headers: [['Accept-Encoding', accept]], response: { headers, bodySize } });
  const text: Header = ['Content-Type', 'text/css'];

  it('says what it would save, as measured', () => {
    const [insight] = explainCompression(flow([text], 100_000), { plain: 100_000, gzip: 20_000, isWhole: true });
    expect(insight).toMatchObject({ id: 'uncompressed', tone: 'warn', title: 'Compression would save 80 %' });
    expect(explainCompression(flow([text], 100_000, ''), null)[0]).toMatchObject({ tone: 'note' });
  });

  it('says what it saved, and that caches have to know', () => {
    const coded: Header[] = [text, ['Content-Encoding', 'br']];
    const insights = explainCompression(flow(coded, 25_000), { plain: 100_000, gzip: 0, isWhole: true });
    expect(insights[0]?.title).toBe('Compression saves 75 %');
    expect(ids(insights)).toContain('compressed-vary');
    expect(ids(explainCompression(flow([...coded, ['Vary', 'accept-encoding']], 25_000), null))).toEqual([
      'compressed',
    ]);
  });

  it('small bodies and pictures are left alone', () => {
    expect(ids(explainCompression(flow([text], 300), null))).toEqual(['small']);
    expect(ids(explainCompression(flow([['Content-Type', 'image/png']], 100_000), null))).toEqual(['incompressible']);
  });
});
