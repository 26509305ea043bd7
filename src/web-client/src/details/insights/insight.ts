import type { FlowDetail, Header } from '../../api/types';

/** Something that a flow shows: what, why it matters, what to do, and where that is written. */
export interface Insight {
  id: string;
  /** `good`: as it should be; `note`: worth knowing; `warn`: likely a mistake; `bad`: it breaks something. */
  tone: 'good' | 'note' | 'warn' | 'bad';
  title: string;
  text: string;
  /** What exactly was seen. */
  details?: readonly string[];
  fix?: string;
  source: string;
}

/** The values of a field, in the order in which they were sent. */
export const valuesOf = (headers: readonly Header[] | undefined, name: string): string[] =>
  (headers ?? []).filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.trim());

/** All values of a list field as one; null when there is none. */
export function joinedOf(headers: readonly Header[] | undefined, name: string): string | null {
  const values = valuesOf(headers, name);
  return values.length === 0 ? null : values.join(', ');
}

/** The members of a list field (RFC 9110, section 5.6.1), in lower case. */
export const listOf = (headers: readonly Header[] | undefined, name: string): string[] =>
  (joinedOf(headers, name) ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');

/** Directives as Cache-Control has them: names in lower case, values without quotes; the first of two counts. */
export function directivesOf(headers: readonly Header[] | undefined, name: string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const [, key = '', quoted, plain] of (joinedOf(headers, name) ?? '').matchAll(
    /([^\s,;=]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g,
  )) {
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), quoted ?? plain ?? null);
  }
  return found;
}

/** A field's date in milliseconds; null when there is none, NaN when it cannot be read. */
export function dateOf(headers: readonly Header[] | undefined, name: string): number | null {
  const [value] = valuesOf(headers, name);
  return value === undefined ? null : /^\d+$/.test(value) ? Number.NaN : Date.parse(value);
}

export const mediaTypeOf = (flow: FlowDetail): string =>
  (joinedOf(flow.response?.headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

export const isPage = (flow: FlowDetail): boolean => /^(text\/html|application\/xhtml\+xml)$/.test(mediaTypeOf(flow));
