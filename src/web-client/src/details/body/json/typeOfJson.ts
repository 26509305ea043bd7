import type { JsonNode } from './parseJson';

/** What several values have in common: the parts of a union, objects among them merged. */
interface Shape {
  scalars: Set<string>;
  items: Shape | null;
  members: Map<string, { shape: Shape; count: number }> | null;
  objects: number;
}

const newShape = (): Shape => ({ scalars: new Set(), items: null, members: null, objects: 0 });

function add(shape: Shape, node: JsonNode): void {
  if (node.kind === 'array') {
    shape.items ??= newShape();
    for (const item of node.items) add(shape.items, item);
  } else if (node.kind === 'object') {
    shape.members ??= new Map();
    shape.objects++;
    // Of a name that comes twice, the last counts, as in JSON.parse.
    for (const [key, member] of new Map(node.members.map(({ key, node: value }) => [key, value]))) {
      const known = shape.members.get(key) ?? { shape: newShape(), count: 0 };
      known.count++;
      add(known.shape, member);
      shape.members.set(key, known);
    }
  } else shape.scalars.add(node.kind);
}

const isName = (key: string): boolean => /^[A-Za-z_$][\w$]*$/.test(key);

function write({ scalars, items, members, objects }: Shape, level: number): string {
  const parts = [...scalars].filter((name) => name !== 'null');
  if (items) {
    const inner = write(items, level);
    parts.push(/ \| /.test(inner) && !inner.startsWith('{') ? `(${inner})[]` : `${inner}[]`);
  }
  if (members) {
    const pad = '  '.repeat(level + 1);
    const lines = [...members].map(
      ([key, { shape, count }]) =>
        `${pad}${isName(key) ? key : JSON.stringify(key)}${count < objects ? '?' : ''}: ${write(shape, level + 1)};`,
    );
    parts.push(lines.length === 0 ? 'Record<string, unknown>' : `{\n${lines.join('\n')}\n${'  '.repeat(level)}}`);
  }
  if (scalars.has('null')) parts.push('null');
  return parts.length === 0 ? 'unknown' : parts.join(' | ');
}

/** A type of TypeScript that a value has. Objects in one array become one type, in which what some of them lack is optional. */
export function typeOfJson(node: JsonNode, name: string): string {
  const shape = newShape();
  add(shape, node);
  const words = name
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ');
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `export type ${/^[A-Za-z]/.test(title) ? title : 'Root'} = ${write(shape, 0)};`;
}
