import type { FlowDetail, FlowRow, Header } from '../api/types';

const defaultPorts: Record<string, number> = { http: 80, https: 443, ws: 80, wss: 443 };

export const hasDefaultPort = (flow: Pick<FlowRow, 'scheme' | 'port'>): boolean =>
  defaultPorts[flow.scheme] === flow.port;

export function flowUrl(flow: Pick<FlowRow, 'scheme' | 'host' | 'port' | 'path'>): string {
  const host = flow.host.includes(':') ? `[${flow.host}]` : flow.host;
  const port = hasDefaultPort(flow) ? '' : `:${flow.port}`;
  return `${flow.scheme}://${host}${port}${flow.path}`;
}

/** What a program has to send to repeat the request of a flow. */
export interface SentRequest {
  method: string;
  /** With http or https; each character is a byte, as in the target that was sent. */
  url: string;
  /** In their order, Latin-1, without those that every client writes itself: pseudo headers, framing, a Host that the URL says. */
  headers: Header[];
  /** As it was sent, content codings included. */
  body: Uint8Array;
  /** Whether there was a body; one that was announced may be empty. */
  hasBody: boolean;
  isHttp2: boolean;
}

// What a client writes itself, from the URL, the body and its own choice of framing.
const ownHeaders = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'http2-settings',
]);

/** The request of a flow, with these body bytes. */
export function sentRequest(flow: FlowDetail, body: Uint8Array): SentRequest {
  const all = flow.request?.headers ?? [];
  const method = flow.request?.method ?? flow.method ?? 'GET';
  const url = flowUrl(flow).replace(/^ws/, 'http');
  const authority = new URL(url).host;
  const headers: Header[] = [];
  let cookie: Header | null = null;
  for (const [name, value] of all) {
    const key = name.toLowerCase();
    if (name.startsWith(':') || ownHeaders.has(key)) continue;
    if (key === 'host' && value.toLowerCase() === authority.toLowerCase()) continue;
    if (key === 'cookie' && cookie) {
      // HTTP/2 may send the crumbs of a cookie header one by one; elsewhere they are one (RFC 9113, section 8.2.3).
      cookie[1] += `; ${value}`;
      continue;
    }
    const header: Header = [name, value];
    if (key === 'cookie') cookie = header;
    headers.push(header);
  }
  // An empty body that was announced is one too: some servers want the Content-Length of 0.
  const isEmptyBody =
    method !== 'GET' &&
    method !== 'HEAD' &&
    all.some(([name, value]) => name.toLowerCase() === 'content-length' && value === '0');
  return {
    method,
    url,
    headers,
    body,
    hasBody: body.length > 0 || isEmptyBody,
    isHttp2: flow.request?.httpVersion === 'HTTP/2',
  };
}

/** The URL for clients that take Unicode text: bytes that are not ASCII are escaped. */
export const escapedUrl = (url: string): string =>
  url.replace(/[\u0080-\uffff]/g, (char) =>
    char.charCodeAt(0) > 0xff
      ? encodeURIComponent(char)
      : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

/** Whether URL parsers of browsers and libraries would change the path: dots, braces, quotes. */
export function isUrlKept(url: string): boolean {
  try {
    return new URL(url).href === url && !/[|^`{}[\]]/.test(url.replace(/^\w+:\/\/\[[^\]]*\]/, ''));
  } catch {
    return false;
  }
}

export const hasHeader = ({ headers }: SentRequest, name: string): boolean =>
  headers.some(([key]) => key.toLowerCase() === name);
