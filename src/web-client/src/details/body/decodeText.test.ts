import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeBase64, decodedKind, decodeUrl, gunzip } from './decodeText';

it('sees what a text is an encoding of', () => {
  expect(decodedKind('eyJhbGciOiJub25lIn0.eyJhIjoxfQ.')).toBe('jwt');
  expect(decodedKind('SGVsbG8sIHdvcmxkISBIZWxsbyE=')).toBe('base64');
  expect(decodedKind('a%20b%2Fc')).toBe('url');
  for (const plain of ['Hello, world!', 'internationalization', '1234567890123456', 'A sentence of words', '']) {
    expect(decodedKind(plain)).toBeNull();
  }
});

it('decodes', () => {
  expect(new TextDecoder().decode(decodeBase64('SGk_\nSGk-') ?? new Uint8Array())).toBe('Hi?Hi>');
  expect(decodeBase64('!')).toBeNull();
  expect(decodeUrl('a%20%C3%BC%ff%zz')).toBe('a ü%ff%zz');
});

it('takes gzip off only so far', async () => {
  expect(await gunzip(gzipSync(new Uint8Array(50_000_000)), 1000)).toMatchObject({
    bytes: new Uint8Array(1000),
    problem: 'cut',
  });
  expect(await gunzip(gzipSync('abc'), 1000)).toMatchObject({ problem: null });
  expect(await gunzip(gzipSync('abc'.repeat(9000)).subarray(0, 40), 100_000)).toMatchObject({ problem: 'damaged' });
});
