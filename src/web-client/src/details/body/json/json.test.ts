import { describe, expect, it } from 'vitest';
import { selectPath } from './jsonPath';
import { nodeText, parseJson, pathText } from './parseJson';

const root = (source: string) => {
  const parsed = parseJson(source);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.node;
};

describe('parseJson', () => {
  it('keeps numbers, order and duplicates as they were sent', () => {
    const source = '{"n":12345678901234567890,"n":1.0,"s":"\\u00e9","a":[true,null,{}],"":[]}';
    expect(nodeText(root(source)).replace(/\s/g, '')).toBe(source);
  });

  it('says why it is no tree', () => {
    expect(parseJson('{"a":')).toMatchObject({ ok: false });
    expect(parseJson('['.repeat(100_000))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/100,000 levels/),
    });
    expect(parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatchObject({ ok: false });
  });

  it('JSON lines are a list', () => expect(root('{"a":1}\n{"a":2}\n')).toMatchObject({ kind: 'array' }));
});

describe('selectPath', () => {
  // The examples of RFC 9535, section 1.5.
  const store = root(
    JSON.stringify({
      store: {
        book: [
          { category: 'reference', author: 'Nigel Rees', title: 'Sayings of the Century', price: 8.95 },
          { category: 'fiction', author: 'Evelyn Waugh', title: 'Sword of Honour', price: 12.99 },
          { category: 'fiction', author: 'Herman Melville', title: 'Moby Dick', isbn: '0-553-21311-3', price: 8.99 },
          {
            category: 'fiction',
            author: 'J. R. R. Tolkien',
            title: 'The Lord of the Rings',
            isbn: '0-395-19395-8',
            price: 22.99,
          },
        ],
        bicycle: { color: 'red', price: 399 },
      },
    }),
  );

  it.each([
    [
      '$.store.book[*].author',
      ['$.store.book[0].author', '$.store.book[1].author', '$.store.book[2].author', '$.store.book[3].author'],
    ],
    ['$.store.*', ['$.store.book', '$.store.bicycle']],
    ['$..book[2].author', ['$.store.book[2].author']],
    ['$..book[-1]', ['$.store.book[3]']],
    ['$..book[0,1]', ['$.store.book[0]', '$.store.book[1]']],
    ['$..book[:2]', ['$.store.book[0]', '$.store.book[1]']],
    ['$..book[::-2]', ['$.store.book[3]', '$.store.book[1]']],
    ['$..book[?@.isbn]', ['$.store.book[2]', '$.store.book[3]']],
    ['$..book[?(@.price < 10 && @.category == "fiction")]', ['$.store.book[2]']],
    [
      "$..book[?!(@['price'] >= 10) || @.title == 'Sword of Honour'].title",
      ['$.store.book[0].title', '$.store.book[1].title', '$.store.book[2].title'],
    ],
    ["$['store']['bicycle'][\"color\"]", ['$.store.bicycle.color']],
    ['$.none[0]', []],
  ])('%s', (path, expected) => {
    expect(selectPath(store, path).map((found) => pathText(found.path))).toEqual(expected);
  });

  it.each(['$.', '$[', '$[?]', '$.a b', '$[1', 'x', '$[?@.a == ]'])('%s says what was expected', (path) => {
    expect(() => selectPath(store, path)).toThrow(/^Expected .+ at character \d+\.$/);
  });

  it('paths of keys that are no names are quoted', () =>
    expect(pathText(['a', 'b c', 0, ''])).toBe('$.a["b c"][0][""]'));
});
