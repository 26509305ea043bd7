import type { Header } from '../api/types';
import { decodeBase64 } from './body/decodeText';
import { decodeJwt, type Jwt } from './jwt';

export interface SentCookie {
  name: string;
  value: string;
}

export interface SetCookie extends SentCookie {
  /** What it says of itself, as `Path=/`, in the order in which it was sent. */
  attributes: { name: string; value: string }[];
}

const valuesOf = (headers: readonly Header[], name: string): string[] =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);

function pair(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  return at < 0
    ? { name: text.trim(), value: '' }
    : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** The cookies that a client sent (RFC 6265, section 4.2). */
export const sentCookies = (headers: readonly Header[]): SentCookie[] =>
  valuesOf(headers, 'cookie').flatMap((line) =>
    line
      .split(';')
      .filter((part) => part.trim() !== '')
      .map(pair),
  );

/** The cookies that a server set (RFC 6265, section 4.1). */
export const setCookies = (headers: readonly Header[]): SetCookie[] =>
  valuesOf(headers, 'set-cookie').map((line) => {
    const [first = '', ...attributes] = line.split(';');
    return { ...pair(first), attributes: attributes.filter((part) => part.trim() !== '').map(pair) };
  });

/** The names and values of a target's query, decoded. */
export function queryOf(target: string): [name: string, value: string][] {
  const at = target.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(target.slice(at + 1).split('#')[0])];
}

export type Credentials =
  | { scheme: string; kind: 'basic'; user: string; password: string }
  | { scheme: string; kind: 'jwt'; jwt: Jwt }
  | { scheme: string; kind: 'parameters'; parameters: { name: string; value: string }[] }
  | { scheme: string; kind: 'opaque'; value: string };

/** What a value of Authorization says (RFC 9110, section 11.6.2). */
export function credentialsOf(value: string): Credentials {
  const [, scheme = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(value.trim()) ?? [];
  if (/^basic$/i.test(scheme)) {
    const bytes = decodeBase64(rest);
    const text = bytes ? new TextDecoder().decode(bytes) : '';
    const colon = text.indexOf(':');
    if (colon >= 0) return { scheme, kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  const jwt = decodeJwt(rest || scheme);
  if (jwt) return { scheme: rest ? scheme : '', kind: 'jwt', jwt };
  const parameters = [...rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(
    ([, name, quoted, plain]) => ({
      name: name ?? '',
      value: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
    }),
  );
  if (parameters.length > 1) return { scheme, kind: 'parameters', parameters };
  return { scheme, kind: 'opaque', value: rest };
}

/** The values of a message's headers that prove who somebody is. */
export const authorizationsOf = (headers: readonly Header[]): { header: string; value: string }[] =>
  headers.filter(([name]) => /^(proxy-)?authorization$/i.test(name)).map(([header, value]) => ({ header, value }));

/** Tokens in other places: headers and cookies whose value is a JSON Web Token. */
export function tokensOf(headers: readonly Header[]): { place: string; jwt: Jwt }[] {
  const places: [string, string][] = headers
    .filter(([name]) => !/^((proxy-)?authorization|cookie|set-cookie)$/i.test(name))
    .map(([name, value]) => [name, value]);
  for (const { name, value } of [...sentCookies(headers), ...setCookies(headers)]) places.push([name, value]);
  return places.flatMap(([place, value]) => {
    if (!value.includes('eyJ')) return [];
    const jwt = decodeJwt(value.replace(/^bearer\s+/i, ''));
    return jwt ? [{ place, jwt }] : [];
  });
}
