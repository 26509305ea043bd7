import { expect, it } from 'vitest';
import { idWidth, mayOverflow, widthAtMost } from './cellRoom';
import { flowRow } from './testing';

it('a text with room has no clip of its own, one that may be too long has', () => {
  expect(mayOverflow('host', flowRow({ host: 'example.com' }), 176)).toBe(false);
  expect(mayOverflow('host', flowRow({ host: 'a-long-name-of-a-server.example.com' }), 176)).toBe(true);
  expect(mayOverflow('host', flowRow({ host: 'example.com' }), 60)).toBe(true);
  expect(mayOverflow('path', flowRow({ path: '/users/7?full' }), 300)).toBe(false);
  expect(mayOverflow('path', flowRow({ path: '/users/7?full', comment: 'look' }), 300)).toBe(true);
  expect(mayOverflow('id', flowRow({ id: 42 }), 62)).toBe(false);
  expect(mayOverflow('id', flowRow({ id: 1_234_567 }), 62)).toBe(true);
  expect(mayOverflow('comment', flowRow({}), 180)).toBe(true);
});

it('ids have room, however many there are', () => {
  expect(idWidth(999)).toBe(62);
  expect(idWidth(1_000_000)).toBe(idWidth(9_999_999));
  for (const id of [7, 43_210, 888_888, 8_888_888]) {
    expect(mayOverflow('id', flowRow({ id }), idWidth(id))).toBe(false);
  }
});

it('takes wide characters for wide', () => {
  expect(widthAtMost('漢字')).toBe(26);
  expect(widthAtMost('WM')).toBe(26);
  expect(widthAtMost('il')).toBeLessThan(12);
});
