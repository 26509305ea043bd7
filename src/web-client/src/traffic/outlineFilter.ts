import type { OutlineName } from './outlineModel';

const quoted = (text: string): string =>
  /^[\w.-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const inExpression = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The filter that says: what is counted under this name. */
export function outlineFilter(list: OutlineName, name: string): string {
  if (list === 'hosts') return `host=${quoted(name)}`;
  if (list === 'types') return `type=${quoted(name)}`;
  return `client:/^${inExpression(name)}:/`;
}

/** The filter for a path of a host, and for all below it. */
export function pathFilter(host: string, path: string, hasMore: boolean): string {
  const part = hasMore
    ? `path:/^${inExpression(path)}(\\/|$)/`
    : `path="${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `${outlineFilter('hosts', host)} ${part}`;
}

/**
 * Puts a part into a filter. A part that is there already is taken out again. `before` is the part that was put in before, which another one takes the
 * place of; what is left out (`without`) comes to what is there.
 */
export function refine(filter: string, part: string, without: boolean, before: string | null): string {
  const wanted = without ? `-(${part})` : part;
  if (holds(filter, wanted)) return tidy(filter.replace(wanted, ''));
  if (!without && before && holds(filter, before)) return tidy(filter.replace(before, () => wanted));
  if (filter === '') return wanted;
  return /[|]|\bOR\b/.test(filter) ? `(${filter}) ${wanted}` : `${filter} ${wanted}`;
}

/** Whether a part stands in a filter by itself, not as a piece of a longer word. */
function holds(filter: string, part: string): boolean {
  return ` ${filter} `.includes(` ${part} `);
}

const tidy = (filter: string): string => filter.replace(/\s+/g, ' ').trim();
