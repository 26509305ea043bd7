export type BodyKind = 'json' | 'html' | 'xml' | 'css' | 'javascript' | 'form' | 'text' | 'image' | 'binary';
export type BodyMode = 'pretty' | 'raw' | 'hex' | 'image';

export interface BodyFacts {
  kind: BodyKind;
  /** The media type without parameters, lower case; empty when there is none. */
  mediaType: string;
  /** A label that TextDecoder knows. */
  charset: string;
  /** The modes that make sense, best first. */
  modes: BodyMode[];
}

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
  [[0x1f, 0x8b], 0, 'binary'],
  [[0x50, 0x4b, 0x03, 0x04], 0, 'binary'],
  [[0x25, 0x50, 0x44, 0x46], 0, 'binary'],
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
  json: ['pretty', 'raw', 'hex'],
  html: ['pretty', 'raw', 'hex'],
  xml: ['pretty', 'raw', 'hex'],
  css: ['pretty', 'raw', 'hex'],
  javascript: ['pretty', 'raw', 'hex'],
  form: ['pretty', 'raw', 'hex'],
  text: ['raw', 'hex'],
  image: ['image', 'hex'],
  binary: ['hex', 'raw'],
};

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
  if (declared && declared !== 'image' && !wide && bytes.length > 0 && !looksLikeText(bytes)) {
    kind = signatureOf(bytes) ?? 'binary';
  }
  const modes =
    kind === 'image' && mediaType === 'image/svg+xml'
      ? (['image', 'pretty', 'raw', 'hex'] as BodyMode[])
      : modesOf[kind];
  return { kind, mediaType, charset: encoding, modes };
}

/** Server-sent images are shown through the API only for these; SVG is drawn from a data: address, where it cannot run. */
export const isSvg = (facts: BodyFacts): boolean => facts.mediaType === 'image/svg+xml';
