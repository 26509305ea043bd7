import { describe, expect, it } from 'vitest';
import { en } from '../strings/en';
import { categoryOf, durationShare, shortType, statusClass } from './category';
import { chosenColumns, clampWidth, columns, defaultColumns, fitColumns, moveColumn, toggleColumn } from './columns';
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
  const fitted = (available: number, choice: readonly string[] = defaultColumns, widths = {}) =>
    fitColumns(available, widths, chosenColumns(choice));

  it('all are there when there is room', () => {
    const { visible, template } = fitted(1230);
    expect(visible).toHaveLength(10);
    expect(template).toContain('1fr');
  });

  it('a narrow list keeps method, status, host and path, and what was added', () => {
    expect(fitted(500).visible.map((column) => column.key)).toEqual(['method', 'status', 'host', 'path']);
    const narrow = fitted(500, toggleColumn(defaultColumns, 'comment'));
    expect(narrow.visible.map((column) => column.key)).toEqual(['method', 'status', 'host', 'path', 'comment']);
    expect(narrow.width).toBe(82 + 64 + 176 + 170 + 180);
  });

  it('widths of the user count', () => {
    expect(fitted(1230, defaultColumns, { host: 300 }).template).toContain('300px');
    expect(clampWidth(3)).toBe(40);
  });

  it('a column comes to where it stands among all, and goes', () => {
    expect(toggleColumn(['path', 'host'], 'method')).toEqual(['method', 'path', 'host']);
    expect(toggleColumn(['host', 'path'], 'tags')).toEqual(['host', 'path', 'tags']);
    expect(toggleColumn(['host', 'path'], 'host')).toEqual(['path']);
    expect(toggleColumn(['path'], 'path')).toEqual(['path']);
  });

  it('a column that is moved takes the place of the other', () => {
    expect(moveColumn(['id', 'host', 'path'], 'id', 'path')).toEqual(['host', 'path', 'id']);
    expect(moveColumn(['id', 'host', 'path'], 'path', 'id')).toEqual(['path', 'id', 'host']);
  });

  it('a choice of another version is read as far as it can be', () => {
    expect(chosenColumns(['host', 'ja9', 'host']).map((column) => column.key)).toEqual(['host', 'path']);
  });

  it('each has a name and an order of its own', () => {
    expect(new Set(columns.map((column) => en.list.column[column.key])).size).toBe(columns.length);
    // The waterfall is in the order of time.
    expect(new Set(columns.map((column) => column.sort)).size).toBe(columns.length - 1);
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
