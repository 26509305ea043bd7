import type { FlowDetail, Header } from '../../api/types';
import { type Insight, joinedOf, listOf, valuesOf } from './insight';

const source = (section: string) => `Fetch, section ${section}`;
const simpleMethods = new Set(['GET', 'HEAD', 'POST']);
const simpleHeaders = new Set(['accept', 'accept-language', 'content-language', 'content-type', 'range']);
const simpleTypes = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const ownHeaders =
  /^(:|accept-encoding$|connection$|content-length$|cookie$|host$|origin$|referer$|sec-|user-agent$|dnt$|te$|priority$|pragma$|cache-control$|if-|upgrade-insecure-requests$)/;

/** The origin that a flow's URL has (RFC 6454). */
function originOf({ scheme, host, port }: FlowDetail): string {
  try {
    return new URL(`${scheme.replace(/^ws/, 'http')}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
  } catch {
    return '';
  }
}

/** What pages of other sites may do with the answer, in words; empty when no page of another site asked. */
export function explainCors(flow: FlowDetail): Insight[] {
  const { request, response } = flow;
  const origin = joinedOf(request?.headers, 'origin');
  if (!request || !response || origin === null || origin === originOf(flow)) return [];
  const isPreflight =
    request.method === 'OPTIONS' && valuesOf(request.headers, 'access-control-request-method').length > 0;
  const insights = allowedOrigin(flow, origin, isPreflight);
  if (isPreflight) insights.push(...preflight(flow));
  else insights.push(...exposed(response.headers), ...needed(request.method, request.headers));
  return insights;
}

function allowedOrigin({ request, response }: FlowDetail, origin: string, isPreflight: boolean): Insight[] {
  const headers = response?.headers;
  const allowed = valuesOf(headers, 'access-control-allow-origin');
  const credentials = joinedOf(headers, 'access-control-allow-credentials') === 'true';
  const sentCookies = ['cookie', 'authorization'].some((name) => valuesOf(request?.headers, name).length > 0);
  const [first] = allowed;
  const refused = (id: string, text: string, fix: string): Insight => ({
    id,
    tone: 'bad',
    title: isPreflight ? 'The browser does not send the request' : 'The page may not read the answer',
    text,
    details: [`Origin: ${origin}`, ...allowed.map((value) => `Access-Control-Allow-Origin: ${value}`)],
    fix,
    source: source('4.9, CORS check'),
  });
  if (first === undefined)
    return [
      refused(
        'cors-missing',
        `A page of ${origin} asked, and nothing in the answer allows that page to see it.`,
        `Send Access-Control-Allow-Origin: ${origin} (and Vary: Origin) if pages of that site are meant to read it.`,
      ),
    ];
  if (allowed.length > 1 || first.includes(','))
    return [
      refused(
        'cors-many',
        'Only one origin, or *, may be named; with several nothing is allowed.',
        `Name the one that asked: ${origin}.`,
      ),
    ];
  if (first === '*' && credentials)
    return [
      refused(
        'cors-wildcard-credentials',
        '* does not count for requests with cookies or other credentials.',
        `Name the origin (${origin}) instead of *, and send Vary: Origin.`,
      ),
    ];
  if (first !== '*' && first !== origin)
    return [
      refused(
        'cors-other',
        `Another origin is allowed, not ${origin}. Scheme, host and port all count.`,
        `Send Access-Control-Allow-Origin: ${origin}.`,
      ),
    ];
  const insights: Insight[] = [
    {
      id: 'cors-allowed',
      tone: 'good',
      title: isPreflight ? 'The origin is allowed' : 'The page may read the answer',
      text:
        first === '*'
          ? 'Pages of every site may, as long as no cookies are sent along.'
          : `Pages of ${origin} may${credentials ? ', also when cookies were sent' : ', but not when cookies were sent'}.`,
      details: [
        `Access-Control-Allow-Origin: ${first}`,
        ...(credentials ? ['Access-Control-Allow-Credentials: true'] : []),
      ],
      source: source('3.2, CORS protocol'),
    },
  ];
  if (sentCookies && !credentials && !isPreflight)
    insights.push({
      id: 'cors-no-credentials',
      tone: 'warn',
      title: 'Credentials were sent, and the answer does not allow them',
      text: 'When the page asked with credentials: "include", the browser withholds the answer.',
      fix: 'Send Access-Control-Allow-Credentials: true with the origin named, or do not send credentials.',
      source: source('3.2.5, CORS protocol and credentials'),
    });
  if (first === 'null')
    insights.push({
      id: 'cors-null',
      tone: 'warn',
      title: 'The origin null is allowed',
      text: 'Any page can make itself one of the origin null, with a frame that is sandboxed.',
      fix: 'Name real origins.',
      source: source('3.2, CORS protocol'),
    });
  if (first !== '*' && !listOf(headers, 'vary').includes('origin'))
    insights.push({
      id: 'cors-vary',
      tone: 'warn',
      title: 'Vary: Origin is missing',
      text: 'The answer names an origin. A cache may give it to pages of another one, which then may not read it.',
      fix: 'Send Vary: Origin wherever the origin is looked at.',
      source: source('3.2.5, CORS protocol and HTTP caches'),
    });
  return insights;
}

/** Whether the answer to a preflight allows what it asked for. */
function preflight({ request, response, status }: FlowDetail): Insight[] {
  const headers = response?.headers;
  const insights: Insight[] = [];
  const credentials = joinedOf(headers, 'access-control-allow-credentials') === 'true';
  const method = joinedOf(request?.headers, 'access-control-request-method') ?? '';
  const methods = (joinedOf(headers, 'access-control-allow-methods') ?? '').split(',').map((one) => one.trim());
  const wanted = listOf(request?.headers, 'access-control-request-headers');
  const allowed = listOf(headers, 'access-control-allow-headers');
  const isAny = (list: readonly string[]) => !credentials && list.includes('*');
  const lacking = wanted.filter((name) => !allowed.includes(name) && !(isAny(allowed) && name !== 'authorization'));
  if (status !== null && (status < 200 || status > 299))
    insights.push({
      id: 'cors-preflight-status',
      tone: 'bad',
      title: 'The preflight failed',
      text: `A preflight has to be answered with 2xx, not ${status}; redirects do not count either.`,
      fix: 'Answer OPTIONS before sign-in and redirects, with 204.',
      source: source('4.8, CORS-preflight fetch'),
    });
  if (!simpleMethods.has(method) && !methods.includes(method) && !isAny(methods))
    insights.push({
      id: 'cors-preflight-method',
      tone: 'bad',
      title: `${method} is not allowed`,
      text: `The page wants to send ${method}; the answer allows ${methods.filter(Boolean).join(', ') || 'no method'}.`,
      fix: `Add ${method} to Access-Control-Allow-Methods (case counts).`,
      source: source('4.8, CORS-preflight fetch'),
    });
  if (lacking.length > 0)
    insights.push({
      id: 'cors-preflight-headers',
      tone: 'bad',
      title: 'Headers are not allowed',
      text: `The page wants to set ${lacking.join(', ')}; the answer allows ${allowed.join(', ') || 'none'}.${lacking.includes('authorization') && allowed.includes('*') ? ' * does not stand for Authorization.' : ''}`,
      fix: `Add ${lacking.join(', ')} to Access-Control-Allow-Headers.`,
      source: source('4.8, CORS-preflight fetch'),
    });
  const maxAge = joinedOf(headers, 'access-control-max-age');
  insights.push({
    id: 'cors-preflight',
    tone: 'note',
    title: `A preflight: may ${method} be sent${wanted.length > 0 ? ` with ${wanted.join(', ')}` : ''}?`,
    text: `The browser asks first, because a plain form could not send that. ${
      maxAge === null
        ? 'It remembers the answer for 5 seconds, because Access-Control-Max-Age is missing.'
        : `It remembers the answer for ${maxAge} seconds (Chrome at most 2 hours, Firefox 24).`
    }`,
    ...(maxAge === null ? { fix: 'Send Access-Control-Max-Age: 7200 to spare a request before each request.' } : {}),
    source: source('3.2.2, CORS-preflight request'),
  });
  return insights;
}

function exposed(headers: readonly Header[]): Insight[] {
  const names = listOf(headers, 'access-control-expose-headers');
  return [
    {
      id: 'cors-exposed',
      tone: 'note',
      title: 'Which headers the page can read',
      text: `Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified and Pragma${names.length > 0 ? `, and ${names.join(', ')}` : ' alone'}.`,
      ...(names.length === 0 ? { fix: 'Name others in Access-Control-Expose-Headers.' } : {}),
      source: source('3.2.3, CORS-safelisted response-header name'),
    },
  ];
}

/** Why the browser asks with a preflight before such a request. */
function needed(method: string, headers: readonly Header[]): Insight[] {
  const reasons: string[] = [];
  if (!simpleMethods.has(method)) reasons.push(`the method ${method}`);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (ownHeaders.test(key)) continue;
    const type = value.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!simpleHeaders.has(key)) reasons.push(`the header ${name}`);
    else if (key === 'content-type' && !simpleTypes.has(type)) reasons.push(`the content type ${type}`);
  }
  if (reasons.length === 0) return [];
  return [
    {
      id: 'cors-preflighted',
      tone: 'note',
      title: 'A preflight comes before such a request',
      text: `Because of ${reasons.join(', ')}. Look for OPTIONS to the same address just before; there is none while the browser remembers the last.`,
      source: source('2.2.1 and 2.2.2, CORS-safelisted method and request-header'),
    },
  ];
}
