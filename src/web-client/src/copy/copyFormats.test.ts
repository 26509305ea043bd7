import { describe, expect, it } from 'vitest';
import type { Header } from '../api/types';
import { requestFormats } from './copyFormats';
import { quoteCmd } from './curlCmd';
import { base64Of, byteLiteral, literal, textOf } from './literals';
import { escapedUrl, isUrlKept, sentRequest } from './sentRequest';
import { httpFlow } from './testing';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a program gets as its argument: cmd takes the carets, then the runtime of C takes the quotes. */
function parsedByCmd(word: string): string {
  let argument = '';
  for (let i = 0; i < word.length; i++) argument += word[i] === '^' ? (word[++i] ?? '') : word[i];
  expect(argument).toMatch(/^".*"$/s);
  return argument
    .slice(1, -1)
    .replace(/(\\*)"|(\\+)$/g, (all, before: string | undefined, last: string | undefined) => {
      if (last !== undefined) return last.slice(last.length / 2);
      const slashes = before ?? '';
      expect(slashes.length % 2, `an odd number of backslashes before a quote in ${all}`).toBe(1);
      return `${slashes.slice((slashes.length + 1) / 2)}"`;
    });
}

describe('quoteCmd', () => {
  it.each(['plain', 'a b', 'say "hi"', 'C:\\dir\\', 'a\\"b', '\\\\server\\', '%PATH% & echo ^ | <x> (y) !z!', "it's"])(
    '%s reaches the program as it is',
    (text) => expect(parsedByCmd(quoteCmd(text))).toBe(text),
  );

  it('no special character of cmd is without its caret, so that nothing is run or expanded', () => {
    expect(quoteCmd('"&calc&%PATH%')).toBe('^"\\^"^&calc^&^%PATH^%^"');
  });
});

describe('literals', () => {
  it('what cannot be seen is escaped, the rest stays readable', () => {
    expect(literal('a"b\\\n\té\u202e\u0000')).toBe('"a\\"b\\\\\\n\\té\\u202e\\u0000"');
    expect(byteLiteral('é"')).toBe('"\\xe9\\""');
  });

  it('text is what UTF-8 can read and people can, too', () => {
    expect(textOf(bytes('grün\r\n'))).toBe('grün\r\n');
    expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeNull();
    expect(textOf(Uint8Array.of(0x61, 0))).toBeNull();
    expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });

  it('base64 of more bytes than a call takes arguments', () => {
    const long = new Uint8Array(300_000).fill(0xfe);
    expect(Buffer.from(base64Of(long), 'base64')).toEqual(Buffer.from(long));
  });
});

describe('sentRequest', () => {
  it('HTTP/2: pseudo headers are left out, and the crumbs of a cookie become one header', () => {
    const headers: Header[] = [
      [':method', 'GET'],
      [':authority', 'api.example.com'],
      ['cookie', 'a=1'],
      ['x-a', '1'],
      ['cookie', 'b=2'],
      ['x-a', '2'],
    ];
    const request = sentRequest(httpFlow({ headers, httpVersion: 'HTTP/2' }), new Uint8Array());
    expect(request.headers).toEqual([
      ['cookie', 'a=1; b=2'],
      ['x-a', '1'],
      ['x-a', '2'],
    ]);
    expect(headers[2]).toEqual(['cookie', 'a=1']);
    expect(request).toMatchObject({ isHttp2: true, hasBody: false, url: 'https://api.example.com/' });
  });

  it('a WebSocket is asked for over http', () => {
    expect(sentRequest(httpFlow({ scheme: 'wss' }), new Uint8Array()).url).toBe('https://api.example.com/');
  });

  it('URLs that parsers change are known', () => {
    expect(isUrlKept('https://a.example/b?c=%20d&e=%27')).toBe(true);
    expect(isUrlKept('https://[::1]:8443/b')).toBe(true);
    for (const path of ['/a/../b', '/{x}', '/"', '/a b']) expect(isUrlKept(`https://a.example${path}`)).toBe(false);
    expect(escapedUrl('https://a.example/\u00e9?\u20ac')).toBe('https://a.example/%E9?%E2%82%AC');
  });
});

describe('requestFormats', () => {
  const headers: Header[] = [
    ['Host', 'api.example.com'],
    ['Content-Type', 'application/json'],
    ['Content-Length', '14'],
    ['X-Twice', 'one'],
    ['x-twice', 'two'],
  ];
  const request = sentRequest(httpFlow({ method: 'POST', headers }), bytes('{"name":"Ada"}'));

  it.each(Object.entries(requestFormats))('%s writes no framing of its own, and both of two headers', (_, write) => {
    const text = write([request]);
    expect(text).not.toMatch(/content-length/i);
    expect(text).toMatch(/api\.example\.com/);
    expect(text).toMatch(/one/);
    expect(text).toMatch(/two/);
  });

  it.each(Object.entries(requestFormats))(
    '%s says in a comment that a binary body stands elsewhere, or pipes it',
    (_, write) => {
      const text = write([sentRequest(httpFlow({ method: 'PUT' }), Uint8Array.of(0, 1, 2, 255))]);
      expect(text).toMatch(/(?:#|\/\/|rem) The body|printf '\\000\\001\\002\\377' \|/);
      expect(text).toMatch(/AAEC\/w==|printf/);
    },
  );

  it.each(Object.entries(requestFormats))('%s writes several requests one after the other', (_, write) => {
    const text = write([request, sentRequest(httpFlow({ path: '/second' }), new Uint8Array())]);
    expect(text.indexOf('/second')).toBeGreaterThan(text.indexOf('Ada'));
    expect(text.match(/package main|^import requests|^using System;/gm)?.length ?? 1).toBe(1);
  });

  it('the cmd form of a body with lines goes through a file whose name stands before the digits', () => {
    const text = requestFormats.curlCmd([sentRequest(httpFlow({ method: 'POST' }), bytes('a\nb'))]);
    expect(text).toContain('>"%TEMP%\\mitmweb-body.txt" echo YQpi');
  });

  it('PowerShell: a here-string that ends nowhere but at its end', () => {
    const text = requestFormats.curlPowerShell([sentRequest(httpFlow({ method: 'POST' }), bytes("'@\n'@ x"))]);
    expect(text.match(/^'@/gm)).toHaveLength(1);
  });

  it('HTTPie: a value that begins like one of its operators', () => {
    const request = sentRequest(
      httpFlow({
        headers: [
          ['X-A', '=1'],
          ['X-B', ''],
        ],
      }),
      new Uint8Array(),
    );
    expect(requestFormats.httpie([request])).toContain("'X-A:\\=1' \\\n  'X-B;'");
  });

  it('C# takes off the codings that were asked for, and no others, which it would ask for', () => {
    const asking = (value: string) =>
      sentRequest(httpFlow({ headers: [['Accept-Encoding', value]] }), new Uint8Array());
    expect(requestFormats.csharp([asking('gzip, br;q=0.5, zstd')])).toContain(
      'AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,',
    );
    expect(requestFormats.csharp([asking('gzip'), asking('identity')])).not.toContain('AutomaticDecompression');
  });
});
