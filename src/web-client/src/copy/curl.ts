import type { FlowDetail, FlowRow } from '../api/types';
import { quoteBytes, quoteLatin1, quotePrintf } from './shellQuote';

/** Linux takes at most 128 KiB in one argument of a program; a longer body goes through a pipe. */
const maxArgument = 100_000;
const defaultPorts: Record<string, number> = { http: 80, https: 443, ws: 80, wss: 443 };

export const hasDefaultPort = (flow: Pick<FlowRow, 'scheme' | 'port'>): boolean =>
  defaultPorts[flow.scheme] === flow.port;

export function flowUrl(flow: Pick<FlowRow, 'scheme' | 'host' | 'port' | 'path'>): string {
  const host = flow.host.includes(':') ? `[${flow.host}]` : flow.host;
  const port = hasDefaultPort(flow) ? '' : `:${flow.port}`;
  return `${flow.scheme}://${host}${port}${flow.path}`;
}

// What curl writes itself, from the URL, the body and its own choice of framing.
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'proxy-connection', 'keep-alive']);

function headerArguments(headers: readonly [string, string][], authority: string): string[] {
  const result: string[] = [];
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (name.startsWith(':') || ownHeaders.has(key)) continue;
    if (key === 'host' && value.toLowerCase() === authority.toLowerCase()) continue;
    result.push(`-H ${quoteLatin1(value === '' ? `${name};` : `${name}: ${value}`)}`);
  }
  return result;
}

/** A bash command that sends the request of a flow again, with these body bytes. */
export function curlCommand(flow: FlowDetail, body: Uint8Array): string {
  const request = flow.request;
  const headers = request?.headers ?? [];
  const method = request?.method ?? flow.method ?? 'GET';
  const url = flowUrl(flow).replace(/^ws/, 'http');
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  // An empty body that was announced is one too: some servers want the Content-Length of 0.
  const isEmptyBody =
    method !== 'GET' &&
    method !== 'HEAD' &&
    headers.some(([name, value]) => name.toLowerCase() === 'content-length' && value === '0');
  const hasBody = body.length > 0 || isEmptyBody;

  const options: string[] = [];
  if (method === 'HEAD') options.push('--head');
  else if (method !== (hasBody ? 'POST' : 'GET')) options.push(`-X ${quoteLatin1(method)}`);
  if (/[[\]{}]/.test(url)) options.push('--globoff');
  if (/\/\.{1,2}(?:[/?]|$)/.test(url)) options.push('--path-as-is');
  options.push(...headerArguments(headers, new URL(url).host));
  if (names.has('accept-encoding')) options.push('--compressed');

  let input = '';
  if (hasBody) {
    // Without one in the request, curl would claim that the body is a form.
    if (!names.has('content-type')) options.push("-H 'Content-Type:'");
    if (body.includes(0)) {
      input = `printf ${quotePrintf(body)} | `;
      options.push('--data-binary @-');
    } else if (body.length > maxArgument) {
      input = `printf '%s' ${quoteBytes(body)} | `;
      options.push('--data-binary @-');
    } else {
      const quoted = quoteBytes(body);
      // A leading @ would name a file.
      options.push(body[0] === 0x40 ? `--data-raw ${quoted}` : `--data-binary ${quoted}`);
    }
  }
  return [`${input}curl ${quoteLatin1(url)}`, ...options].join(' \\\n  ');
}
