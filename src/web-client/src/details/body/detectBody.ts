import { decodedKind } from './decodeText';

export type BodyKind =
  | 'json'
  | 'html'
  | 'xml'
  | 'css'
  | 'javascript'
  | 'form'
  | 'multipart'
  | 'csv'
  | 'text'
  | 'image'
  | 'pdf'
  | 'font'
  | 'compressed'
  | 'msgpack'
  | 'cbor'
  | 'protobuf'
  | 'grpc'
  | 'binary';
export type BodyMode = 'pretty' | 'tree' | 'table' | 'preview' | 'decoded' | 'raw' | 'hex';

export interface BodyFacts {
  kind: BodyKind;
  /** The media type without parameters, lower case; empty when there is none. */
  mediaType: string;
  /** A label that TextDecoder knows. */
  charset: string;
  /** The modes that make sense, best first. */
  modes: BodyMode[];
}

/** Kinds of which only bytes and a picture can be shown. */
export const isBinary = (facts: BodyFacts): boolean =>
  ['pdf', 'font', 'compressed', 'msgpack', 'cbor', 'protobuf', 'grpc', 'binary'].includes(facts.kind) ||
  (facts.kind === 'image' && !isSvg(facts));

export function parseMediaType(contentType: string | null): { mediaType: string; charset: string | null } {
  const [type = '', ...parameters] = (contentType ?? '').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"]*)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value);
  return { mediaType: type.trim().toLowerCase(), charset: charset ?? null };
}

const signatures: [bytes: number[], offset: number, kind: BodyKind][] = [
  [[0x89, 0x50, 0x4e, 0x47], 0, 'image'],
  [[0xff, 0xd8, 0xff], 0, 'image'],
  [[0x47, 0x49, 0x46, 0x38], 0, 'image'],
  [[0x57, 0x45, 0x42, 0x50], 8, 'image'],
  [[0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66], 4, 'image'],
  [[0x1f, 0x8b], 0, 'compressed'],
  [[0x50, 0x4b, 0x03, 0x04], 0, 'binary'],
  [[0x25, 0x50, 0x44, 0x46], 0, 'pdf'],
  [[0x77, 0x4f, 0x46, 0x46], 0, 'font'],
  [[0x77, 0x4f, 0x46, 0x32], 0, 'font'],
  [[0x4f, 0x54, 0x54, 0x4f], 0, 'font'],
  [[0x00, 0x01, 0x00, 0x00, 0x00], 0, 'font'],
];

function signatureOf(bytes: Uint8Array): BodyKind | null {
  const found = signatures.find(([magic, offset]) => magic.every((byte, i) => bytes[offset + i] === byte));
  return found ? found[2] : null;
}

/** Text has no null bytes and hardly any control characters; multi-byte text may be cut at the end. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  let odd = 0;
  for (const byte of sample) {
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) odd++;
  }
  if (odd > sample.length / 50) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    // Older encodings: mostly ASCII letters still.
    const ascii = sample.filter((byte) => byte >= 0x20 && byte < 0x7f).length;
    return ascii > sample.length * 0.6;
  }
}

function kindOfMediaType(mediaType: string): BodyKind | null {
  if (/[/+]json$|^application\/(.*\+)?json|^application\/(x-)?ndjson$/.test(mediaType)) return 'json';
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return 'html';
  if (mediaType === 'text/css') return 'css';
  if (/^(text|application)\/(x-)?(javascript|ecmascript)$/.test(mediaType)) return 'javascript';
  if (mediaType === 'application/x-www-form-urlencoded') return 'form';
  if (/^multipart\/(?!x-mixed-replace)/.test(mediaType)) return 'multipart';
  if (/^(text|application)\/(csv|tab-separated-values)$/.test(mediaType)) return 'csv';
  if (/^application\/(x-|vnd\.)?msgpack$/.test(mediaType)) return 'msgpack';
  if (/^application\/(.*\+)?cbor(-seq)?$/.test(mediaType)) return 'cbor';
  if (/^application\/(x-|vnd\.google\.)?protobuf$/.test(mediaType)) return 'protobuf';
  if (/^application\/grpc(-web)?(\+proto)?$/.test(mediaType)) return 'grpc';
  if (mediaType === 'application/pdf') return 'pdf';
  if (/^image\//.test(mediaType)) return 'image';
  if (/^(text|application)\/xml$|\+xml$/.test(mediaType)) return 'xml';
  if (/^text\//.test(mediaType)) return 'text';
  return null;
}

function kindOfContent(bytes: Uint8Array): BodyKind {
  const signature = signatureOf(bytes);
  if (signature) return signature;
  if (!looksLikeText(bytes)) return 'binary';
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  if (start.startsWith('{') || start.startsWith('[')) return 'json';
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html';
  if (start.startsWith('<?xml')) return 'xml';
  return 'text';
}

const modesOf: Record<BodyKind, BodyMode[]> = {
  json: ['pretty', 'tree', 'raw', 'hex'],
  html: ['pretty', 'preview', 'raw', 'hex'],
  xml: ['pretty', 'raw', 'hex'],
  css: ['pretty', 'raw', 'hex'],
  javascript: ['pretty', 'raw', 'hex'],
  form: ['table', 'raw', 'hex'],
  multipart: ['table', 'raw', 'hex'],
  csv: ['table', 'raw', 'hex'],
  text: ['raw', 'hex'],
  image: ['preview', 'hex'],
  pdf: ['preview', 'hex', 'raw'],
  font: ['preview', 'hex'],
  compressed: ['decoded', 'hex'],
  msgpack: ['decoded', 'hex'],
  cbor: ['decoded', 'hex'],
  protobuf: ['decoded', 'hex'],
  grpc: ['decoded', 'hex'],
  binary: ['hex', 'raw'],
};

/** What some bodies of a kind can be shown as in addition. */
function modesFor(kind: BodyKind, mediaType: string, bytes: Uint8Array): BodyMode[] {
  const modes = modesOf[kind];
  if (kind === 'image' && mediaType === 'image/svg+xml') return ['preview', 'pretty', 'raw', 'hex'];
  if (kind === 'html' && mediaType !== 'text/html' && mediaType !== 'application/xhtml+xml') {
    return modes.filter((mode) => mode !== 'preview');
  }
  if (kind !== 'json' && kind !== 'text') return modes;
  const start = new TextDecoder().decode(bytes.subarray(0, 4096));
  // A list of objects comes first or in the outermost object.
  if (kind === 'json' && /^\s*(\{[^[\]{}]*)?\[\s*\{/.test(start)) return ['pretty', 'tree', 'table', 'raw', 'hex'];
  if (kind === 'text' && decodedKind(start) !== null) return ['decoded', ...modes];
  return modes;
}

const binaryKinds: ReadonlySet<BodyKind> = new Set([
  'image',
  'pdf',
  'multipart',
  'msgpack',
  'cbor',
  'protobuf',
  'grpc',
]);

function knownCharset(label: string | null, bytes: Uint8Array): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  try {
    return label ? new TextDecoder(label).encoding : 'utf-8';
  } catch {
    return 'utf-8';
  }
}

/** Says what a body is, by its content type first and by its bytes where that is missing or plainly wrong. */
export function detectBody(contentType: string | null, bytes: Uint8Array): BodyFacts {
  const { mediaType, charset } = parseMediaType(contentType);
  const encoding = knownCharset(charset, bytes);
  const declared = kindOfMediaType(mediaType);
  let kind = declared ?? kindOfContent(bytes);
  const wide = encoding.startsWith('utf-16');
  if (declared && !binaryKinds.has(declared) && !wide && bytes.length > 0 && !looksLikeText(bytes)) {
    kind = signatureOf(bytes) ?? 'binary';
  }
  const modes = modesFor(kind, mediaType, bytes);
  return { kind, mediaType, charset: encoding, modes };
}

/** Server-sent images are shown through the API only for these; SVG is drawn from a data: address, where it cannot run. */
export const isSvg = (facts: BodyFacts): boolean => facts.mediaType === 'image/svg+xml';
