import type { FlowRow } from '../api/types';

export type Category =
  | 'data'
  | 'html'
  | 'script'
  | 'style'
  | 'image'
  | 'font'
  | 'media'
  | 'socket'
  | 'raw'
  | 'error'
  | 'none';

const byType: [RegExp, Category][] = [
  [/html/, 'html'],
  [/json|xml$|protobuf|grpc|msgpack|cbor|csv|x-www-form-urlencoded|event-stream/, 'data'],
  [/javascript|ecmascript|wasm/, 'script'],
  [/css/, 'style'],
  [/^image\//, 'image'],
  [/^font\/|font-/, 'font'],
  [/^(audio|video)\//, 'media'],
];

/** What a flow is about, for the colour at its left; `is:html` and so on of the filter language say the same. */
export function categoryOf(row: Pick<FlowRow, 'kind' | 'state' | 'contentType'>): Category {
  if (row.state === 'error') return 'error';
  if (row.kind === 'websocket') return 'socket';
  if (row.kind !== 'http') return 'raw';
  const type = row.contentType;
  if (!type) return 'none';
  if (type === 'image/svg+xml') return 'image';
  return byType.find(([pattern]) => pattern.test(type))?.[1] ?? 'raw';
}

/** "application/vnd.api+json" → "json", "image/png" → "png": short enough for a column. */
export function shortType(contentType: string | null): string {
  if (!contentType) return '';
  const subtype = contentType.slice(contentType.indexOf('/') + 1);
  const suffix = subtype.lastIndexOf('+');
  if (suffix >= 0) {
    const base = subtype.slice(0, suffix);
    return base === 'svg' ? 'svg' : subtype.slice(suffix + 1);
  }
  const known: Record<string, string> = {
    'octet-stream': 'binary',
    'x-www-form-urlencoded': 'form',
    'form-data': 'form',
    'event-stream': 'events',
    plain: 'text',
    javascript: 'js',
    'x-javascript': 'js',
    'vnd.microsoft.icon': 'ico',
    'x-icon': 'ico',
  };
  return known[subtype] ?? subtype;
}

export type StatusClass = 'info' | 'success' | 'redirect' | 'client' | 'server';

export function statusClass(status: number): StatusClass {
  if (status < 200) return 'info';
  if (status < 300) return 'success';
  if (status < 400) return 'redirect';
  return status < 500 ? 'client' : 'server';
}

export type MethodClass = 'read' | 'write' | 'delete' | 'other';

export function methodClass(method: string): MethodClass {
  if (method === 'GET' || method === 'HEAD') return 'read';
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') return 'write';
  return method === 'DELETE' ? 'delete' : 'other';
}

/** Length of the duration bar, 0 to 1: logarithmic from 1 ms to 30 s, so that both ends can be told apart. */
export function durationShare(ms: number): number {
  return Math.min(1, Math.max(0.02, Math.log10(Math.max(ms, 1)) / Math.log10(30_000)));
}
