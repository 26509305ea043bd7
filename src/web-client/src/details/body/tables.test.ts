import { expect, it } from 'vitest';
import { csvTable, formTable, jsonTable, multipartParts } from './tables';

it('CSV with quotes, line feeds and other separators', () => {
  expect(csvTable('\ufeffa,b\r\n1,"x ""y"", z\nw"\r\n,\r\n')).toEqual({
    columns: ['a', 'b'],
    rows: [
      ['1', 'x "y", z\nw'],
      ['', ''],
    ],
    cut: false,
  });
  expect(csvTable('a;b,c;d\n1;2;3')).toMatchObject({ columns: ['a', 'b,c', 'd'], rows: [['1', '2', '3']] });
});

it('forms keep their order and names that repeat', () => {
  expect(formTable('a=1&a=%32&b=x+y&c', ['n', 'v']).rows).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', 'x y'],
    ['c', ''],
  ]);
});

it('the first list of objects is a table of all their keys', () => {
  expect(jsonTable('{"total":2,"items":[{"id":1,"tags":["a","b"]},{"id":12345678901234567890,"to":{"x":1}}]}')).toEqual(
    {
      ok: true,
      table: {
        columns: ['id', 'tags', 'to'],
        rows: [
          ['1', '[a, b]', ''],
          ['12345678901234567890', '', '{ x }'],
        ],
        cut: false,
      },
    },
  );
  expect(jsonTable('[1,2]')).toEqual({ ok: false, reason: null });
});

it('multipart: names, files, bytes as they are', () => {
  const body = Buffer.concat([
    Buffer.from('preamble\r\n--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\ntwo\r\n--XX\r\n'),
    Buffer.from(
      'Content-Disposition: form-data; name="f"; filename="gr\u00fcn \\"1\\".bin"\r\nContent-Type: application/x\r\n\r\n',
    ),
    Buffer.from([0, 255, 13, 10, 45, 45]),
    Buffer.from('\r\n--XX--\r\nepilogue'),
  ]);
  const parts = multipartParts('multipart/form-data; boundary="XX"', body);
  expect(parts?.map(({ name, fileName, type }) => [name, fileName, type])).toEqual([
    ['a', '', ''],
    ['f', 'grün "1".bin', 'application/x'],
  ]);
  expect(Buffer.from(parts?.[0]?.bytes ?? []).toString()).toBe('one\r\ntwo');
  expect([...(parts?.[1]?.bytes ?? [])]).toEqual([0, 255, 13, 10, 45, 45]);
  expect(multipartParts('multipart/form-data', body)).toBeNull();
  expect(multipartParts('multipart/form-data; boundary=YY', body)).toBeNull();
});
