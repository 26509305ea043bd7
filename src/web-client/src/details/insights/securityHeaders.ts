import type { FlowDetail } from '../../api/types';
import { type Insight, isPage, joinedOf, mediaTypeOf, valuesOf } from './insight';

/** What a response says to protect those who use it, beside what the audit of hosts looks for (TLS, HSTS, cookies, mixed content). */
export function explainSecurityHeaders(flow: FlowDetail): Insight[] {
  const { response } = flow;
  if (!response || response.status < 200 || response.status === 204 || response.status === 304) return [];
  if (response.status >= 300 && response.status < 400) return [];
  const { headers } = response;
  const insights: Insight[] = [];
  if (isPage(flow)) insights.push(...pageInsights(flow));
  const type = mediaTypeOf(flow);
  const nosniff = (joinedOf(headers, 'x-content-type-options') ?? '').toLowerCase() === 'nosniff';
  if (nosniff)
    insights.push({
      id: 'nosniff',
      tone: 'good',
      title: 'The type is not guessed',
      text: 'nosniff: the browser takes the content type as it is.',
      source: 'Fetch, section 3.6',
    });
  else if (type === '' || /^(text\/|application\/(javascript|json|octet-stream|xml))/.test(type))
    insights.push({
      id: 'nosniff-missing',
      tone: 'note',
      title: 'The browser may guess another type',
      text: 'Without X-Content-Type-Options: nosniff, something uploaded as text may be run as a script or shown as a page.',
      fix: 'Send X-Content-Type-Options: nosniff, and the right Content-Type.',
      source: 'Fetch, section 3.6',
    });
  if (type === '' && flow.responseSize > 0)
    insights.push({
      id: 'type-missing',
      tone: 'warn',
      title: 'No Content-Type',
      text: 'The client has to guess what the body is.',
      fix: 'Send Content-Type, with charset for text.',
      source: 'RFC 9110, section 8.3',
    });
  const banners = ['server', 'x-powered-by', 'x-aspnet-version', 'x-generator'].flatMap((name) =>
    valuesOf(headers, name)
      .filter((value) => /\d+\.\d/.test(value))
      .map((value) => `${name}: ${value}`),
  );
  if (banners.length > 0)
    insights.push({
      id: 'version-shown',
      tone: 'note',
      title: 'Versions of software are told',
      text: 'Who looks for servers with known holes finds them by this.',
      details: banners,
      fix: 'Leave the version out.',
      source: 'RFC 9110, section 17.12',
    });
  return insights;
}

function pageInsights({ response }: FlowDetail): Insight[] {
  const headers = response?.headers;
  const insights: Insight[] = [];
  const policy = joinedOf(headers, 'content-security-policy');
  const reportOnly = joinedOf(headers, 'content-security-policy-report-only');
  if (policy === null)
    insights.push({
      id: 'csp-missing',
      tone: 'warn',
      title: reportOnly === null ? 'No Content-Security-Policy' : 'The Content-Security-Policy only reports',
      text: 'When somebody manages to put a script into the page, nothing keeps the browser from running it.',
      fix: 'Begin with Content-Security-Policy: default-src ’self’; object-src ’none’; base-uri ’none’, and report-only until nothing breaks.',
      source: 'W3C CSP Level 3, section 1',
    });
  else insights.push(policyInsight(policy));
  const frames = (joinedOf(headers, 'x-frame-options') ?? '').toLowerCase();
  if (/frame-ancestors/i.test(policy ?? '') || frames === 'deny' || frames === 'sameorigin')
    insights.push({
      id: 'framing',
      tone: 'good',
      title: 'Other sites cannot put the page into a frame',
      text: 'So nobody can be made to click on it unseen.',
      source: 'W3C CSP Level 3, section 6.4.2',
    });
  else
    insights.push({
      id: 'framing-open',
      tone: 'note',
      title: 'Other sites may put the page into a frame',
      text: 'They can lay it invisibly over their own page and have people click on it (clickjacking).',
      fix: 'Send Content-Security-Policy: frame-ancestors ’self’ (or X-Frame-Options: SAMEORIGIN for old browsers).',
      source: 'W3C CSP Level 3, section 6.4.2; RFC 7034',
    });
  const referrer = joinedOf(headers, 'referrer-policy');
  if (/unsafe-url/i.test(referrer ?? ''))
    insights.push({
      id: 'referrer-unsafe',
      tone: 'warn',
      title: 'Other sites get the whole address of this page',
      text: 'Referrer-Policy: unsafe-url sends path and query along, also over plain http.',
      fix: 'Send Referrer-Policy: strict-origin-when-cross-origin, or no-referrer.',
      source: 'W3C Referrer Policy, section 3.8',
    });
  else if (referrer === null)
    insights.push({
      id: 'referrer-default',
      tone: 'note',
      title: 'No Referrer-Policy',
      text: 'Browsers of today then tell other sites the origin alone (strict-origin-when-cross-origin); older ones the whole address.',
      fix: 'Say it: Referrer-Policy: strict-origin-when-cross-origin.',
      source: 'W3C Referrer Policy, section 3.7',
    });
  return insights;
}

/** What weakens a policy for scripts. */
function policyInsight(policy: string): Insight {
  const directives = new Map(
    policy.split(/[;,]/).map((part) => {
      const [name = '', ...values] = part.trim().toLowerCase().split(/\s+/);
      return [name, values] as const;
    }),
  );
  const scripts = directives.get('script-src') ?? directives.get('default-src');
  const weak: string[] = [];
  if (!scripts) weak.push('neither script-src nor default-src limits scripts');
  const isNonced = scripts?.some((value) => /^'(nonce-|sha\d{3}-|strict-dynamic)/.test(value)) ?? false;
  if (scripts?.includes("'unsafe-inline'") && !isNonced)
    weak.push("'unsafe-inline' runs scripts that stand in the page");
  if (scripts?.includes("'unsafe-eval'")) weak.push("'unsafe-eval' runs text as a script");
  if (scripts?.some((value) => value === '*' || value === 'http:' || value === 'https:' || value === 'data:'))
    weak.push('scripts may come from anywhere');
  return weak.length === 0
    ? {
        id: 'csp',
        tone: 'good',
        title: 'A Content-Security-Policy limits scripts',
        text: 'A script that somebody manages to put into the page is not run.',
        details: [policy],
        source: 'W3C CSP Level 3, section 6.1',
      }
    : {
        id: 'csp-weak',
        tone: 'warn',
        title: 'The Content-Security-Policy hardly limits scripts',
        text: `It is there, but ${weak.join('; ')}.`,
        details: [policy],
        fix: 'Allow scripts by nonce or hash, with ’strict-dynamic’.',
        source: 'W3C CSP Level 3, sections 6.1 and 8.2',
      };
}
