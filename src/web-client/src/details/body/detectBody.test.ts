import { describe, expect, it } from 'vitest';
import { detectBody, looksLikeText, parseMediaType } from './detectBody';

const bytes = (text: string) => new TextEncoder().encode(text);
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0);

describe('detectBody', () => {
  it.each([
    ['application/json; charset=utf-8', 'json'],
    ['application/problem+json', 'json'],
    ['application/vnd.api+json', 'json'],
    ['text/html', 'html'],
    ['application/atom+xml', 'xml'],
    ['text/css', 'css'],
    ['application/javascript', 'javascript'],
    ['text/plain', 'text'],
    ['text/event-stream', 'text'],
  ])('%s is %s', (type, kind) => expect(detectBody(type, bytes('{"a": 1}')).kind).toBe(kind));

  it('content decides when the type is missing or general', () => {
    expect(detectBody(null, bytes('  {"a":1}')).kind).toBe('json');
    expect(detectBody('application/octet-stream', png).kind).toBe('image');
    expect(detectBody(null, bytes('<!DOCTYPE html><p>')).kind).toBe('html');
    expect(detectBody('', Uint8Array.of(0, 1, 2, 3)).kind).toBe('binary');
    expect(detectBody(null, bytes('hello')).kind).toBe('text');
  });

  it('a type that claims text over binary is not believed', () => {
    expect(detectBody('application/json', Uint8Array.of(0x1f, 0x8b, 8, 0, 0)).kind).toBe('compressed');
    expect(detectBody('text/html', png).kind).toBe('image');
  });

  it('UTF-16 is text though it is full of nulls', () => {
    const facts = detectBody('text/plain; charset=utf-16le', Uint8Array.of(0xff, 0xfe, 0x41, 0, 0x42, 0));
    expect(facts).toMatchObject({ kind: 'text', charset: 'utf-16le' });
  });

  it('modes are offered best first', () => {
    expect(detectBody('image/png', png).modes).toEqual(['preview', 'hex']);
    expect(detectBody('image/svg+xml', bytes('<svg/>')).modes).toEqual(['preview', 'pretty', 'raw', 'hex']);
    expect(detectBody('text/plain', bytes('a')).modes[0]).toBe('raw');
  });

  it('an unknown charset falls back to UTF-8', () => {
    expect(detectBody('text/plain; charset=nonsense', bytes('a')).charset).toBe('utf-8');
    expect(parseMediaType('Text/HTML; Charset="ISO-8859-1"')).toEqual({
      mediaType: 'text/html',
      charset: 'ISO-8859-1',
    });
  });

  it('text that is cut inside a character is still text', () => {
    expect(looksLikeText(bytes('é'.repeat(10)).subarray(0, 19))).toBe(true);
  });
});
