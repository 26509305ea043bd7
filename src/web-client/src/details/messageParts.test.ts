import { describe, expect, it } from 'vitest';
import type { Header } from '../api/types';
import { credentialsOf, queryOf, sentCookies, setCookies, tokensOf } from './messageParts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'Ada', exp: 1 })}.c2ln`;

describe('credentialsOf', () => {
  it('Basic is user and password', () => {
    const value = `Basic ${Buffer.from('ada:päss:word').toString('base64')}`;
    expect(credentialsOf(value)).toEqual({ scheme: 'Basic', kind: 'basic', user: 'ada', password: 'päss:word' });
  });

  it('a bearer token that is a JSON Web Token is decoded', () => {
    expect(credentialsOf(`Bearer ${token}`)).toMatchObject({ kind: 'jwt', jwt: { payload: { sub: 'Ada' } } });
    expect(credentialsOf('Bearer opaque')).toEqual({ scheme: 'Bearer', kind: 'opaque', value: 'opaque' });
  });

  it('parameters', () => {
    expect(credentialsOf('Digest username="a \\"b\\"", uri=/x, qop=auth')).toMatchObject({
      kind: 'parameters',
      parameters: [
        { name: 'username', value: 'a "b"' },
        { name: 'uri', value: '/x' },
        { name: 'qop', value: 'auth' },
      ],
    });
  });
});

it('cookies and queries', () => {
  const headers: Header[] = [
    ['Cookie', 'a=1; b=x=y'],
    ['cookie', 'c'],
    ['Set-Cookie', 'id=7; Path=/; HttpOnly'],
    ['X-Token', token],
  ];
  expect(sentCookies(headers)).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: 'x=y' },
    { name: 'c', value: '' },
  ]);
  expect(setCookies(headers)).toEqual([
    {
      name: 'id',
      value: '7',
      attributes: [
        { name: 'Path', value: '/' },
        { name: 'HttpOnly', value: '' },
      ],
    },
  ]);
  expect(tokensOf(headers).map(({ place }) => place)).toEqual(['X-Token']);
  expect(queryOf('/a?x=1&x=%20b+c&y')).toEqual([
    ['x', '1'],
    ['x', ' b c'],
    ['y', ''],
  ]);
});
