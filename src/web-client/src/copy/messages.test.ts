import { describe, expect, it } from 'vitest';
import { harText } from './har';
import { rawMessage } from './rawMessage';
import { httpFlow } from './testing';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('rawMessage', () => {
  it('HTTP/2 gets the Host that its pseudo header names', () => {
    const flow = httpFlow({
      httpVersion: 'HTTP/2',
      path: '/a',
      headers: [
        [':method', 'GET'],
        [':authority', 'api.example.com'],
        ['accept', '*/*'],
      ],
    });
    expect(rawMessage(flow, 'request', new Uint8Array(), false).text).toBe(
      'GET /a HTTP/2\r\nhost: api.example.com\r\naccept: */*\r\n\r\n',
    );
  });

  it('a body that was decoded has headers that fit it', () => {
    const flow = httpFlow({
      response: {
        headers: [
          ['Content-Encoding', 'gzip'],
          ['Transfer-Encoding', 'chunked'],
          ['X-A', '1'],
        ],
      },
    });
    expect(rawMessage(flow, 'response', bytes('grün'), true)).toEqual({
      text: 'HTTP/1.1 200 OK\r\nX-A: 1\r\ncontent-length: 5\r\n\r\ngrün',
      body: 'decoded',
    });
  });

  it('a binary body is left out, and said to be', () => {
    const flow = httpFlow({ response: { headers: [['Content-Length', '2']] } });
    const { text, body } = rawMessage(flow, 'response', Uint8Array.of(0, 255), false);
    expect(body).toBe('binary');
    expect(text).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
  });
});

describe('harText', () => {
  it('one log with an entry for each flow', () => {
    const flow = httpFlow({
      method: 'POST',
      path: '/a?q=1&q=2',
      headers: [
        ['Cookie', 'a=b'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      response: {
        status: 302,
        headers: [
          ['Location', '/next'],
          ['Set-Cookie', 'sid=1; Path=/x; HttpOnly'],
        ],
      },
    });
    const { log } = JSON.parse(
      harText(
        [
          { flow, request: bytes('name=Ada%20L'), response: Uint8Array.of(0, 1) },
          { flow, request: bytes(''), response: bytes('x') },
        ],
        'MitmWeb',
        '1',
      ),
    );
    expect(log.version).toBe('1.2');
    expect(log.entries).toHaveLength(2);
    const [{ request, response }] = log.entries;
    expect(request.queryString).toEqual([
      { name: 'q', value: '1' },
      { name: 'q', value: '2' },
    ]);
    expect(request.postData.params).toEqual([{ name: 'name', value: 'Ada L' }]);
    expect(response).toMatchObject({ status: 302, redirectURL: '/next' });
    expect(response.content).toMatchObject({ size: 2, text: 'AAE=', encoding: 'base64' });
    expect(response.cookies).toMatchObject([{ name: 'sid', path: '/x', httpOnly: true, secure: false }]);
    expect(log.entries[1].request.postData).toBeUndefined();
  });
});
