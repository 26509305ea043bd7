import type { FlowDetail } from '../../api/types';
import { formatAge } from './formatAge';
import { dateOf, directivesOf, type Insight, joinedOf, listOf, valuesOf } from './insight';

/** What a cache of a kind does with a response. */
export interface CacheVerdict {
  isStored: boolean;
  /** Why it is or is not. */
  storedBecause: string;
  /** For how long it is used without asking, in seconds; null when it is not stored. */
  freshFor: number | null;
  freshBecause: string;
  /** What happens when it is asked for again. */
  afterwards: string;
  source: string;
}

export interface Caching {
  facts: readonly (readonly [name: string, value: string])[];
  private: CacheVerdict;
  shared: CacheVerdict;
  insights: readonly Insight[];
}

/** Statuses that may be stored without a word about it (RFC 9110, section 15.1). */
const heuristic: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** A number of seconds; null when it is none, which counts as stale (RFC 9111, section 4.2.1). */
const seconds = (text: string | null | undefined): number | null =>
  text && /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : null;

/** Explains what caches do with the response of a flow (RFC 9111); null without a response. */
export function explainCaching(flow: FlowDetail): Caching | null {
  const { request, response } = flow;
  if (!response || !request) return null;
  const { headers } = response;
  const control = directivesOf(headers, 'cache-control');
  const received = Date.parse(flow.startedAt) + (flow.ttfbMs ?? 0);
  const sent = dateOf(headers, 'date');
  const date = sent === null || Number.isNaN(sent) ? received : sent;
  const [ageText] = valuesOf(headers, 'age');
  // The age that the response had when it came (section 4.2.3).
  const age = Math.max(seconds(ageText) ?? 0, Math.floor((received - date) / 1000), 0);
  const etag = joinedOf(headers, 'etag');
  const lastModified = dateOf(headers, 'last-modified');
  const vary = listOf(headers, 'vary');
  const lifetimes = {
    private: lifetimeOf(flow, control, date, false),
    shared: lifetimeOf(flow, control, date, true),
  };
  const verdict = (isShared: boolean): CacheVerdict => {
    const store = storing(flow, control, isShared);
    if (!store.isStored)
      return {
        ...store,
        freshFor: null,
        freshBecause: '',
        afterwards: 'Every time it is asked for, the whole request goes to the server.',
      };
    const lifetime = isShared ? lifetimes.shared : lifetimes.private;
    const left = control.has('no-cache') ? 0 : Math.max(lifetime.seconds - age, 0);
    const freshBecause = control.has('no-cache')
      ? 'no-cache: it may be stored, but must be checked with the server before each use.'
      : age > 0 && lifetime.seconds > 0
        ? `${lifetime.because} It was ${formatAge(age)} old already.`.trim()
        : lifetime.because;
    return {
      ...store,
      freshFor: left,
      freshBecause,
      afterwards: laterUse(control, etag, lastModified, vary, isShared),
    };
  };
  const facts: [string, string][] = [
    ['Cache-Control', joinedOf(headers, 'cache-control') ?? 'not sent'],
    ['Freshness lifetime', `${formatAge(lifetimes.private.seconds)} (${lifetimes.private.from})`],
  ];
  if (lifetimes.shared.from !== lifetimes.private.from)
    facts.push(['… in shared caches', `${formatAge(lifetimes.shared.seconds)} (${lifetimes.shared.from})`]);
  facts.push(['Age when it came', formatAge(age) + (ageText === undefined ? '' : ` (Age: ${ageText})`)]);
  facts.push(['Validators', validatorsText(etag, lastModified)]);
  facts.push(['Vary', vary.length === 0 ? 'none: one answer for all requests' : vary.join(', ')]);
  return { facts, private: verdict(false), shared: verdict(true), insights: cachingInsights(flow, control, age) };
}

interface Lifetime {
  seconds: number;
  /** The field that says so. */
  from: string;
  because: string;
}

/** The freshness lifetime (RFC 9111, section 4.2.1). */
function lifetimeOf(
  { response }: FlowDetail,
  control: ReadonlyMap<string, string | null>,
  date: number,
  isShared: boolean,
): Lifetime {
  const headers = response?.headers ?? [];
  for (const name of isShared ? ['s-maxage', 'max-age'] : ['max-age']) {
    if (!control.has(name)) continue;
    const value = seconds(control.get(name));
    return value === null
      ? { seconds: 0, from: name, because: `${name} is no number of seconds, so that it counts as stale.` }
      : { seconds: value, from: name, because: '' };
  }
  const expires = dateOf(headers, 'expires');
  if (expires !== null) {
    if (Number.isNaN(expires))
      return {
        seconds: 0,
        from: 'Expires',
        because: 'Expires is no date, which means that it is stale from the beginning.',
      };
    const lifetime = Math.max(Math.round((expires - date) / 1000), 0);
    return { seconds: lifetime, from: 'Expires', because: 'From Date to Expires.' };
  }
  const modified = dateOf(headers, 'last-modified');
  if (modified !== null && !Number.isNaN(modified) && modified < date && heuristic.has(response?.status ?? 0)) {
    return {
      seconds: Math.round((date - modified) / 10_000),
      from: 'a guess',
      because: 'Nothing says so: caches guess, mostly a tenth of the time since Last-Modified.',
    };
  }
  return {
    seconds: 0,
    from: 'nothing says',
    because: 'Nothing says for how long, and there is nothing to guess from.',
  };
}

/** Whether it may be stored (RFC 9111, section 3), and why. */
function storing(
  { request, response }: FlowDetail,
  control: ReadonlyMap<string, string | null>,
  isShared: boolean,
): Pick<CacheVerdict, 'isStored' | 'storedBecause' | 'source'> {
  const no = (storedBecause: string, section: string) => ({
    isStored: false,
    storedBecause,
    source: `RFC 9111, section ${section}`,
  });
  const yes = (storedBecause: string, section = '3') => ({
    isStored: true,
    storedBecause,
    source: `RFC 9111, section ${section}`,
  });
  const method = request?.method ?? '';
  const status = response?.status ?? 0;
  const explicit =
    control.has('max-age') || (isShared && control.has('s-maxage')) || dateOf(response?.headers, 'expires') !== null;
  if (control.has('no-store')) return no('The response says no-store.', '5.2.2.5');
  if (directivesOf(request?.headers, 'cache-control').has('no-store'))
    return no('The request says no-store.', '5.2.1.5');
  if (isShared && control.has('private') && !control.get('private'))
    return no('private: it is for one person, and only that person’s browser may keep it.', '5.2.2.7');
  if (method === 'POST' && explicit && valuesOf(response?.headers, 'content-location').length > 0)
    return yes('A POST whose answer says how long it is good and for which address.', '3');
  if (method !== 'GET' && method !== 'HEAD') return no(`Answers to ${method} are not stored.`, '3');
  if (status === 304)
    return yes('304: what is stored already is good, and its headers are brought up to date.', '4.3.4');
  if (status === 206) return yes('A part of the whole: caches that can put parts together may keep it.', '3.3');
  const isOpened = ['public', 'must-revalidate', 's-maxage'].some((name) => control.has(name));
  if (isShared && valuesOf(request?.headers, 'authorization').length > 0 && !isOpened)
    return no('The request had Authorization, and nothing allows shared caches to keep the answer.', '3.5');
  if (explicit) return yes('Nothing forbids it, and the response says for how long it is good.');
  if (control.has('public')) return yes('public: any cache may keep it.');
  if (!isShared && control.has('private')) return yes('private: the browser may keep it.');
  if (heuristic.has(status)) return yes(`Nothing speaks against it, and answers with ${status} may be kept.`);
  return no(`Answers with ${status} are kept only when they say so, with max-age or Expires.`, '3');
}

function laterUse(
  control: ReadonlyMap<string, string | null>,
  etag: string | null,
  lastModified: number | null,
  vary: readonly string[],
  isShared: boolean,
): string {
  if (vary.includes('*')) return 'Vary: * fits no other request, so that it is never used again without asking.';
  const parts: string[] = [];
  if (etag !== null) parts.push('After that it asks with If-None-Match; 304 means that what it has is good.');
  else if (lastModified !== null && !Number.isNaN(lastModified))
    parts.push('After that it asks with If-Modified-Since; 304 means that what it has is good.');
  else parts.push('After that the whole is fetched again: there is no validator to ask with.');
  const staleWhile = seconds(control.get('stale-while-revalidate'));
  const staleIf = seconds(control.get('stale-if-error'));
  if (control.has('immutable')) parts.push('Reloading the page does not ask either (immutable).');
  if (staleWhile) parts.push(`For ${formatAge(staleWhile)} longer the old one is used while a new one is fetched.`);
  if (staleIf) parts.push(`When the server fails, the old one may be used for ${formatAge(staleIf)} longer.`);
  if (control.has('must-revalidate') || (isShared && (control.has('proxy-revalidate') || control.has('s-maxage'))))
    parts.push('Without the server’s word, the old one is never used.');
  return parts.join(' ');
}

function validatorsText(etag: string | null, lastModified: number | null): string {
  const texts: string[] = [];
  if (etag !== null)
    texts.push(`ETag ${etag} (${etag.startsWith('W/') ? 'weak: the same in meaning' : 'strong: the same bytes'})`);
  if (lastModified !== null)
    texts.push(
      Number.isNaN(lastModified)
        ? 'Last-Modified, which is no date'
        : `Last-Modified ${new Date(lastModified).toUTCString()}`,
    );
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function cachingInsights(flow: FlowDetail, control: ReadonlyMap<string, string | null>, age: number): Insight[] {
  const { request, response } = flow;
  const headers = response?.headers ?? [];
  const insights: Insight[] = [];
  const status = response?.status ?? 0;
  const method = request?.method ?? '';
  const isRead = method === 'GET' || method === 'HEAD';
  const isStorable = !control.has('no-store');
  const hasValidator = valuesOf(headers, 'etag').length > 0 || valuesOf(headers, 'last-modified').length > 0;
  if (status === 304)
    insights.push({
      id: 'cache-validated',
      tone: 'good',
      title: 'Checked, and still good',
      text: 'The client had a copy and asked whether it is still good; only headers were sent.',
      source: 'RFC 9110, section 15.4.5',
    });
  const served = cacheOf(flow, age);
  if (served) insights.push(served);
  if (
    isRead &&
    isStorable &&
    status === 200 &&
    !control.has('max-age') &&
    !control.has('no-cache') &&
    dateOf(headers, 'expires') === null
  )
    insights.push({
      id: 'cache-unspecified',
      tone: 'note',
      title: 'Caches have to guess',
      text: 'Nothing says for how long the response is good. Each cache guesses for itself, so that clients may see different versions.',
      fix: 'Send Cache-Control: max-age=SECONDS, no-cache (ask each time) or no-store.',
      source: 'RFC 9111, section 4.2.2',
    });
  if (isRead && isStorable && status === 200 && !hasValidator)
    insights.push({
      id: 'cache-no-validator',
      tone: 'note',
      title: 'No validator',
      text: 'Without ETag or Last-Modified a cache cannot ask whether its copy is still good: it fetches the whole again.',
      fix: 'Send an ETag, or Last-Modified.',
      source: 'RFC 9110, section 8.8',
    });
  const isShared = control.has('public') || control.has('s-maxage');
  if (
    valuesOf(headers, 'set-cookie').length > 0 &&
    isStorable &&
    !control.has('private') &&
    (isShared || (seconds(control.get('max-age')) ?? 0) > 0)
  )
    insights.push({
      id: 'cache-cookie',
      tone: 'warn',
      title: 'A cookie in a response that shared caches may keep',
      text: 'A shared cache may hand the same cookie to everybody who asks.',
      fix: 'Send Cache-Control: private or no-store with responses that set cookies, or set the cookie elsewhere.',
      source: 'RFC 9111, section 7.3',
    });
  if (control.has('no-store') && (control.has('max-age') || control.has('public')))
    insights.push({
      id: 'cache-contradiction',
      tone: 'note',
      title: 'Cache-Control contradicts itself',
      text: 'no-store forbids keeping it; what else is said about keeping it has no effect.',
      fix: 'Leave one of the two out.',
      source: 'RFC 9111, section 5.2.2.5',
    });
  const vary = listOf(headers, 'vary');
  const wide = vary.filter((name) => name === 'user-agent' || name === 'cookie' || name === '*');
  if (wide.length > 0 && isStorable)
    insights.push({
      id: 'cache-vary-wide',
      tone: 'note',
      title: 'Hardly any other request fits',
      text: `Vary: ${wide.join(', ')} makes caches keep one copy for each value, of which there are very many.`,
      fix: 'Vary by less, or say private or no-store when the answer is for one person.',
      source: 'RFC 9111, section 4.1',
    });
  if (/^(POST|PUT|PATCH|DELETE)$/.test(method) && status >= 200 && status < 400)
    insights.push({
      id: 'cache-invalidates',
      tone: 'note',
      title: 'Caches forget what they had of this address',
      text: `${method} may have changed it, so that copies of the address are no longer used.`,
      source: 'RFC 9111, section 4.4',
    });
  const asked = directivesOf(request?.headers, 'cache-control');
  if (asked.has('no-cache') || asked.get('max-age') === '0' || directivesOf(request?.headers, 'pragma').has('no-cache'))
    insights.push({
      id: 'cache-reload',
      tone: 'note',
      title: 'The client did not want a stored copy',
      text: 'The request says no-cache or max-age=0, as when a page is reloaded or developer tools switch the cache off.',
      source: 'RFC 9111, sections 5.2.1 and 5.4',
    });
  return insights;
}

/** What says that the response came out of a cache on the way. */
function cacheOf({ response }: FlowDetail, age: number): Insight | null {
  const headers = response?.headers;
  const names = ['cache-status', 'x-cache', 'cf-cache-status', 'x-cache-status', 'x-varnish-cache'];
  const lines = names.flatMap((name) => valuesOf(headers, name).map((value) => `${name}: ${value}`));
  const isHit = lines.some((line) => /\bhit\b/i.test(line)) || valuesOf(headers, 'age').length > 0;
  if (!isHit && lines.length === 0) return null;
  return isHit
    ? {
        id: 'cache-hit',
        tone: 'good',
        title: 'A cache on the way answered',
        text: age > 0 ? `The copy was ${formatAge(age)} old.` : 'It is not the server itself that answered.',
        details: lines,
        source: 'RFC 9111, section 5.1; RFC 9211',
      }
    : {
        id: 'cache-miss',
        tone: 'note',
        title: 'A cache on the way had no copy',
        text: 'It asked the server.',
        details: lines,
        source: 'RFC 9211',
      };
}
