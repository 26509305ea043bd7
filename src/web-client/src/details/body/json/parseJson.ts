import { en } from '../../../strings/en';
import { jsonDepth, maxDepth } from '../format/depth';

export type JsonNode =
  | { kind: 'object'; members: readonly { key: string; node: JsonNode }[] }
  | { kind: 'array'; items: readonly JsonNode[] }
  /** `raw` is what was sent: 1.0 and 12345678901234567890 stay what they are. */
  | { kind: 'string' | 'number' | 'boolean' | 'null'; raw: string };

export type ParsedJson = { ok: true; node: JsonNode } | { ok: false; reason: string };

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

function scalar(raw: string): JsonNode {
  if (raw.startsWith('"')) return { kind: 'string', raw };
  if (raw === 'true' || raw === 'false') return { kind: 'boolean', raw };
  return { kind: raw === 'null' ? 'null' : 'number', raw };
}

/** The tree of a JSON text or of JSON lines; duplicate keys and numbers as they were sent. */
export function parseJson(source: string): ParsedJson {
  const depth = jsonDepth(source);
  if (depth > maxDepth) return { ok: false, reason: en.body.tooDeep(depth, maxDepth) };
  try {
    JSON.parse(source);
  } catch (error) {
    const lines = source.split('\n').filter((line) => line.trim() !== '');
    const nodes = lines.length > 1 ? lines.map(parseLine) : [null];
    if (nodes.every((node) => node !== null)) return { ok: true, node: { kind: 'array', items: nodes } };
    return { ok: false, reason: en.body.malformed(error instanceof Error ? error.message : String(error)) };
  }
  return { ok: true, node: build(source) };
}

function parseLine(line: string): JsonNode | null {
  try {
    JSON.parse(line);
    return build(line);
  } catch {
    return null;
  }
}

/** The tree of a text that is valid. */
function build(source: string): JsonNode {
  type Open = { members: { key: string; node: JsonNode }[] } | { items: JsonNode[] };
  const stack: Open[] = [];
  let root: JsonNode = { kind: 'null', raw: 'null' };
  let key: string | null = null;
  const add = (node: JsonNode) => {
    const top = stack.at(-1);
    if (!top) root = node;
    else if ('items' in top) top.items.push(node);
    else {
      top.members.push({ key: key ?? '', node });
      key = null;
    }
  };
  for (const [text] of source.matchAll(token)) {
    const top = stack.at(-1);
    if (text === '{') {
      const members: { key: string; node: JsonNode }[] = [];
      add({ kind: 'object', members });
      stack.push({ members });
    } else if (text === '[') {
      const items: JsonNode[] = [];
      add({ kind: 'array', items });
      stack.push({ items });
    } else if (text === '}' || text === ']') stack.pop();
    else if (text === ',' || text === ':') continue;
    else if (top && 'members' in top && key === null) key = JSON.parse(text) as string;
    else add(scalar(text));
  }
  return root;
}

/** The text of a node, indented as `level` says. */
export function nodeText(node: JsonNode, level = 0): string {
  const pad = '  '.repeat(level + 1);
  const end = '  '.repeat(level);
  if (node.kind === 'object') {
    if (node.members.length === 0) return '{}';
    const lines = node.members.map(
      ({ key, node: value }) => `${pad}${JSON.stringify(key)}: ${nodeText(value, level + 1)}`,
    );
    return `{\n${lines.join(',\n')}\n${end}}`;
  }
  if (node.kind === 'array') {
    if (node.items.length === 0) return '[]';
    return `[\n${node.items.map((item) => pad + nodeText(item, level + 1)).join(',\n')}\n${end}]`;
  }
  return node.raw;
}

/** The value of a string, number or other scalar as people write it: strings without quotes. */
export const scalarText = (node: JsonNode): string =>
  node.kind === 'string' ? (JSON.parse(node.raw) as string) : 'raw' in node ? node.raw : nodeText(node);

export type PathStep = string | number;

/** A path in the way of JSONPath (RFC 9535): `$.users[0]["first name"]`. */
export const pathText = (path: readonly PathStep[]): string =>
  `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join('')}`;
