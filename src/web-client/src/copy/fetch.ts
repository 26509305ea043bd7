import { base64Of, literal, textOf } from './literals';
import { escapedUrl, hasHeader, isUrlKept, type SentRequest } from './sentRequest';

/** Headers that pages cannot set (Fetch, section 2.2.2); the browser writes them itself. */
const forbidden =
  /^(accept-charset|accept-encoding|access-control-request-.*|cookie2?|date|dnt|expect|host|origin|referer|te|trailer|upgrade|via|proxy-.*|sec-.*)$/i;
/** What the fetch of Node refuses. */
const refusedByNode = /^(expect|upgrade|keep-alive)$/i;

function bodyOf(request: SentRequest): { code: string; note: string | null } {
  const { body } = request;
  const text = textOf(body);
  // Of a string, fetch would claim that it is text/plain.
  if (text !== null)
    return {
      code: hasHeader(request, 'content-type') ? literal(text) : `new TextEncoder().encode(${literal(text)})`,
      note: null,
    };
  return {
    code: `Uint8Array.from(atob("${base64Of(body)}"), (c) => c.charCodeAt(0))`,
    note: 'The body is binary or long, and stands here as base64.',
  };
}

function fetchCall(request: SentRequest, where: 'browser' | 'node'): string {
  const notes: string[] = [];
  const { method, hasBody } = request;
  const isOut = where === 'browser' ? forbidden : refusedByNode;
  const headers = request.headers.filter(([name]) => !isOut.test(name));
  const left = request.headers.filter(([name]) => isOut.test(name)).map(([name]) => name);
  if (left.length > 0)
    notes.push(
      where === 'browser' ? `The browser writes these itself: ${left.join(', ')}.` : `Left out: ${left.join(', ')}.`,
    );
  if (!isUrlKept(request.url))
    notes.push('fetch brings the URL into a canonical form: it may differ from what was sent.');
  const lines: string[] = [];
  if (method !== 'GET') lines.push(`method: ${literal(method)},`);
  if (headers.length > 0) {
    // Pairs, because a name may come twice.
    lines.push('headers: [', ...headers.map(([name, value]) => `  [${literal(name)}, ${literal(value)}],`), '],');
  }
  if (hasBody && (method === 'GET' || method === 'HEAD'))
    notes.push(`fetch sends no body with ${method}: it is left out.`);
  else if (hasBody) {
    const { code, note } = bodyOf(request);
    if (note) notes.push(note);
    lines.push(`body: ${code},`);
  }
  if (where === 'browser') {
    const referrer = request.headers.find(([name]) => /^referer$/i.test(name))?.[1];
    if (referrer) lines.push(`referrer: ${literal(referrer)},`);
    if (left.some((name) => /^cookie$/i.test(name))) lines.push('credentials: "include",');
  } else lines.push('redirect: "manual",');
  const url = literal(escapedUrl(request.url));
  const call =
    lines.length === 0
      ? `await fetch(${url})`
      : `await fetch(${url}, {\n${lines.map((line) => `    ${line}`).join('\n')}\n  })`;
  return [
    '{',
    ...notes.map((note) => `  // ${note}`),
    `  const response = ${call};`,
    '  console.log(response.status, await response.text());',
    '}',
  ].join('\n');
}

/** Calls of fetch for the console of a browser. */
export const browserFetch = (requests: readonly SentRequest[]): string =>
  requests.map((request) => fetchCall(request, 'browser')).join('\n');

/** Calls of fetch for Node: a module (.mjs). */
export const nodeFetch = (requests: readonly SentRequest[]): string =>
  requests.map((request) => fetchCall(request, 'node')).join('\n');
