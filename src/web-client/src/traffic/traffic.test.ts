import { describe, expect, it } from 'vitest';
import { categoryOf, durationShare, shortType, statusClass } from './category';
import { clampWidth, fitColumns } from './columns';
import { rowSentence } from './rowText';
import { flowRow } from './testing';

describe('category', () => {
  it.each([
    ['application/json', 'data'],
    ['text/html', 'html'],
    ['application/wasm', 'script'],
    ['image/svg+xml', 'image'],
    ['font/woff2', 'font'],
    ['application/octet-stream', 'raw'],
    [null, 'none'],
  ])('%s is %s', (contentType, category) => expect(categoryOf(flowRow({ contentType }))).toBe(category));

  it('state and kind come before the type', () => {
    expect(categoryOf(flowRow({ state: 'error' }))).toBe('error');
    expect(categoryOf(flowRow({ kind: 'websocket' }))).toBe('socket');
  });

  it.each([
    ['application/vnd.api+json', 'json'],
    ['image/svg+xml', 'svg'],
    ['text/javascript', 'js'],
    ['image/png', 'png'],
    [null, ''],
  ])('short type of %s is %s', (type, text) => expect(shortType(type)).toBe(text));

  it('status classes', () => {
    expect([101, 204, 304, 404, 503].map(statusClass)).toEqual(['info', 'success', 'redirect', 'client', 'server']);
  });

  it('duration bars grow with the logarithm', () => {
    expect(durationShare(0)).toBeCloseTo(0.02);
    expect(durationShare(60_000)).toBe(1);
    expect(durationShare(1000)).toBeGreaterThan(durationShare(100));
  });
});

describe('columns', () => {
  it('all are there when there is room', () => {
    const { visible, template } = fitColumns(1230, {});
    expect(visible).toHaveLength(10);
    expect(template).toContain('1fr');
  });

  it('a narrow list keeps method, status, host and path', () => {
    expect(fitColumns(500, {}).visible.map((column) => column.key)).toEqual(['method', 'status', 'host', 'path']);
  });

  it('widths of the user count', () => {
    expect(fitColumns(1230, { host: 300 }).template).toContain('300px');
    expect(clampWidth(3)).toBe(40);
  });
});

describe('rowSentence', () => {
  it('says what a row shows', () => {
    expect(rowSentence(flowRow({ id: 41 }))).toBe(
      'Flow 41: GET https://api.example.com/v1/users?page=2, status 200 OK, 2.1 kB received, in 84 ms',
    );
    expect(rowSentence(flowRow({ state: 'error', error: 'refused', status: null, responseSize: 0 }))).toContain(
      'error: refused',
    );
    expect(rowSentence(flowRow({ kind: 'tls', path: '', host: 'bank.test' }))).toContain(
      'failed TLS handshake bank.test',
    );
  });
});
