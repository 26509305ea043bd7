import { type JsonNode, parseJson, scalarText } from './json/parseJson';

export interface Table {
  columns: string[];
  rows: string[][];
  /** Whether there was more than is shown. */
  cut: boolean;
}

const maxRows = 100_000;
const maxColumns = 100;

/** A URL-encoded form (or a query) as names and values. */
export function formTable(text: string, columns: [name: string, value: string]): Table {
  const rows = [...new URLSearchParams(text.trim())].map(([name, value]) => [name, value]);
  return { columns: [...columns], rows: rows.slice(0, maxRows), cut: rows.length > maxRows };
}

/** Text of rows and fields (RFC 4180); the first row has the names. The separator is the one of , ; and tab that the first line has most of. */
export function csvTable(text: string): Table {
  const separator = separatorOf(text);
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    fields.push(field);
    field = '';
  };
  const endLine = () => {
    endField();
    if (fields.length > 1 || fields[0] !== '') lines.push(fields);
    fields = [];
  };
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (; i < text.length && lines.length <= maxRows; i++) {
    const char = text[i];
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && field === '') quoted = true;
    else if (char === separator) endField();
    else if (char === '\n') endLine();
    else if (char !== '\r' || text[i + 1] !== '\n') field += char;
  }
  if (field !== '' || fields.length > 0) endLine();
  const [columns = [], ...rows] = lines;
  return {
    columns: columns.slice(0, maxColumns),
    rows: rows.map((row) => row.slice(0, maxColumns)),
    cut: i < text.length,
  };
}

function separatorOf(text: string): string {
  const first = text.slice(0, 10_000).split('\n', 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((char) => [first.split(char).length, char] as const);
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

/** The first list of objects in a JSON text; null when there is none. */
export function jsonTable(text: string): { ok: true; table: Table } | { ok: false; reason: string | null } {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const list = listOfObjects(parsed.node);
  if (!list) return { ok: false, reason: null };
  const columns = new Set<string>();
  for (const item of list.items) {
    if (item.kind === 'object') for (const { key } of item.members) if (columns.size < maxColumns) columns.add(key);
  }
  const names = [...columns];
  const rows = list.items.slice(0, maxRows).map((item) => {
    if (item.kind !== 'object') return [cell(item)];
    const values = new Map(item.members.map(({ key, node }) => [key, node]));
    return names.map((name) => {
      const node = values.get(name);
      return node ? cell(node) : '';
    });
  });
  return { ok: true, table: { columns: names, rows, cut: list.items.length > maxRows } };
}

const maxNested = 200;
function cell(node: JsonNode): string {
  if (node.kind === 'object')
    return node.members.length === 0 ? '{}' : `{ ${short(node.members.map(({ key }) => key))} }`;
  if (node.kind !== 'array') return scalarText(node);
  const scalars = node.items.every((item) => item.kind !== 'object' && item.kind !== 'array');
  return scalars ? `[${short(node.items.map(scalarText))}]` : `[${node.items.length}]`;
}

function short(parts: readonly string[]): string {
  const text = parts.slice(0, 20).join(', ');
  return text.length > maxNested || parts.length > 20 ? `${text.slice(0, maxNested)}…` : text;
}

function listOfObjects(node: JsonNode): Extract<JsonNode, { kind: 'array' }> | null {
  if (node.kind === 'array') return node.items.some((item) => item.kind === 'object') ? node : null;
  if (node.kind !== 'object') return null;
  for (const { node: value } of node.members) {
    if (value.kind === 'array' && value.items.some((item) => item.kind === 'object')) return value;
  }
  return null;
}

export interface FormPart {
  name: string;
  fileName: string;
  type: string;
  bytes: Uint8Array;
}

const latin1 = new TextDecoder('latin1');

/** The parts of a multipart body (RFC 2046, section 5.1), the content of each as bytes; null when its type has no boundary or it is not in it. */
export function multipartParts(contentType: string, bytes: Uint8Array): FormPart[] | null {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  if (delimiter === '--') return null;
  // Each byte is one character of this, so that places are the same.
  const text = latin1.decode(bytes);
  const parts: FormPart[] = [];
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\n${delimiter}`) + 1;
  if (!text.startsWith(delimiter, at)) return null;
  while (at >= 0 && parts.length < maxRows) {
    const start = text.indexOf('\n', at) + 1;
    if (start === 0 || text.startsWith('--', at + delimiter.length)) break;
    const next = text.indexOf(`\n${delimiter}`, start - 1);
    let end = next < 0 ? text.length : next;
    if (text[end - 1] === '\r') end--;
    const blank = /\r?\n\r?\n|^\r?\n/.exec(text.slice(start, Math.min(end, start + 16_384)));
    const contentStart = blank ? start + blank.index + blank[0].length : start;
    const head = utf8(bytes.subarray(start, contentStart));
    const disposition = /^content-disposition:([^\n]*)/im.exec(head)?.[1] ?? '';
    parts.push({
      name: parameter(disposition, 'name'),
      fileName: parameter(disposition, 'filename'),
      type: /^content-type:([^\n]*)/im.exec(head)?.[1]?.trim() ?? '',
      bytes: bytes.subarray(Math.min(contentStart, end), end),
    });
    at = next < 0 ? -1 : next + 1;
  }
  return parts;
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function parameter(header: string, name: string): string {
  const wide = new RegExp(`;\\s*${name}\\*\\s*=\\s*utf-8'[^']*'([^;\\s]+)`, 'i').exec(header)?.[1];
  if (wide) {
    try {
      return decodeURIComponent(wide);
    } catch {
      return wide;
    }
  }
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2] ?? '';
}
