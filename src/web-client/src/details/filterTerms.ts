import type { Side } from '../api/types';

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
/** What can be a name after the dot of a field; the language has no quotes there. */
const isName = (name: string): boolean => /^[\w!#$%&'*+.^`~-]+$/.test(name) && !/[|&]/.test(name);

/** The term that finds flows with this value of a header; null where it cannot be written. */
export const headerTerm = (side: Side, name: string, value: string): string | null =>
  isName(name) && value !== ''
    ? `${side === 'request' ? 'reqheader' : 'respheader'}.${name.toLowerCase()}=${quoted(value)}`
    : null;

export const cookieTerm = (name: string, value: string): string | null =>
  isName(name) && value !== '' ? `cookie.${name}=${quoted(value)}` : null;

/** The terms for the parameters of a target's query, as they stand there. */
export function queryTerms(target: string): string[] {
  const at = target.indexOf('?');
  if (at < 0) return [];
  const parts = (target.slice(at + 1).split('#')[0] ?? '').split('&');
  return parts.filter((part) => part !== '').map((part) => `query:${quoted(part)}`);
}

/** The filter that asks for a term as well as for what was asked before. */
export function withTerm(filter: string, term: string): string {
  const before = filter.trim();
  if (before === '' || before.includes(term)) return before === '' ? term : before;
  return `${/\||\bor\b/i.test(before) ? `(${before})` : before} ${term}`;
}
