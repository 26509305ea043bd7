import { en } from '../../../strings/en';
import type { JsonNode, PathStep } from './parseJson';
import { scalarText } from './parseJson';

export interface Located {
  node: JsonNode;
  path: PathStep[];
}

type Test = (node: JsonNode) => boolean;
type Selector =
  | { kind: 'name'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'slice'; start: number | null; end: number | null; step: number }
  | { kind: 'all' }
  | { kind: 'filter'; test: Test };
interface Segment {
  deep: boolean;
  selectors: Selector[];
}
type Value = string | number | boolean | null | undefined;

/** What is wrong with a path, and where. */
export class PathError extends Error {}

const maxFound = 10_000;

/** The nodes that a JSONPath (RFC 9535, without functions) selects. */
export function selectPath(root: JsonNode, path: string): Located[] {
  const segments = new Parser(path).parse();
  return run(root, segments);
}

function run(root: JsonNode, segments: readonly Segment[]): Located[] {
  let found: Located[] = [{ node: root, path: [] }];
  for (const { deep, selectors } of segments) {
    const from = deep ? found.flatMap(descendants) : found;
    const next: Located[] = [];
    for (const place of from) {
      for (const selector of selectors)
        for (const one of select(place, selector)) if (next.length < maxFound) next.push(one);
    }
    found = next;
  }
  return found;
}

function children({ node, path }: Located): Located[] {
  if (node.kind === 'object')
    return node.members.map(({ key, node: child }) => ({ node: child, path: [...path, key] }));
  if (node.kind === 'array') return node.items.map((child, i) => ({ node: child, path: [...path, i] }));
  return [];
}

function descendants(place: Located): Located[] {
  const all = [place];
  for (let i = 0; i < all.length && all.length < 1_000_000; i++) {
    const one = all[i];
    if (one) all.push(...children(one));
  }
  return all;
}

function select(place: Located, selector: Selector): Located[] {
  const { node } = place;
  if (selector.kind === 'all') return children(place);
  if (selector.kind === 'filter') return children(place).filter((child) => selector.test(child.node));
  if (selector.kind === 'name') {
    return node.kind === 'object' ? children(place).filter(({ path }) => path.at(-1) === selector.name) : [];
  }
  if (node.kind !== 'array') return [];
  const all = children(place);
  if (selector.kind === 'index') {
    const one = all.at(selector.index);
    return one ? [one] : [];
  }
  const { step } = selector;
  if (step === 0) return [];
  const at = (value: number) => (value < 0 ? all.length + value : value);
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const chosen: Located[] = [];
  if (step > 0) {
    const end = clamp(at(selector.end ?? all.length), 0, all.length);
    for (let i = clamp(at(selector.start ?? 0), 0, all.length); i < end; i += step) chosen.push(all[i] as Located);
  } else {
    const end = selector.end === null ? -1 : clamp(at(selector.end), -1, all.length - 1);
    for (let i = clamp(at(selector.start ?? all.length - 1), -1, all.length - 1); i > end; i += step)
      chosen.push(all[i] as Located);
  }
  return chosen;
}

function scalarOf(node: JsonNode | undefined): Value {
  if (!node || node.kind === 'object' || node.kind === 'array') return undefined;
  if (node.kind === 'string') return scalarText(node);
  return JSON.parse(node.raw) as number | boolean | null;
}

function compare(left: Value, operator: string, right: Value): boolean {
  const equal = left === right;
  const ordered = typeof left === typeof right && (typeof left === 'number' || typeof left === 'string');
  const less = ordered && (left as number) < (right as number);
  const more = ordered && (left as number) > (right as number);
  if (operator === '==') return equal;
  if (operator === '!=') return !equal;
  if (operator === '<') return less;
  if (operator === '<=') return less || (ordered && equal);
  if (operator === '>') return more;
  return more || (ordered && equal);
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): Segment[] {
    this.space();
    // Without the dollar it is meant all the same.
    if (!this.take('$') && !/^[.[]/.test(this.text.slice(this.at))) return this.fail('$');
    const segments = this.segments();
    this.space();
    if (this.at < this.text.length) this.fail('. or [');
    return segments;
  }

  private segments(): Segment[] {
    const segments: Segment[] = [];
    while (true) {
      if (this.take('..')) {
        segments.push({ deep: true, selectors: this.peek('[') ? this.bracket() : [this.short()] });
      } else if (this.take('.')) segments.push({ deep: false, selectors: [this.short()] });
      else if (this.peek('[')) segments.push({ deep: false, selectors: this.bracket() });
      else return segments;
    }
  }

  private short(): Selector {
    if (this.take('*')) return { kind: 'all' };
    const name = this.match(/[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff-]*/y);
    return name === null ? this.fail(en.tree.name) : { kind: 'name', name };
  }

  private bracket(): Selector[] {
    this.take('[');
    const selectors: Selector[] = [];
    do selectors.push(this.selector());
    while (this.take(','));
    if (!this.take(']')) this.fail(']');
    return selectors;
  }

  private selector(): Selector {
    this.space();
    if (this.take('*')) return { kind: 'all' };
    if (this.take('?')) return { kind: 'filter', test: this.or() };
    const name = this.string();
    if (name !== null) return { kind: 'name', name };
    const start = this.integer();
    if (!this.take(':')) return start === null ? this.fail(en.tree.selector) : { kind: 'index', index: start };
    const end = this.integer();
    const step = this.take(':') ? (this.integer() ?? 1) : 1;
    return { kind: 'slice', start, end, step };
  }

  private or(): Test {
    let left = this.and();
    while (this.take('||')) {
      const [one, other] = [left, this.and()];
      left = (node) => one(node) || other(node);
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    while (this.take('&&')) {
      const [one, other] = [left, this.not()];
      left = (node) => one(node) && other(node);
    }
    return left;
  }

  private not(): Test {
    if (!this.peek('!=') && this.take('!')) {
      const test = this.not();
      return (node) => !test(node);
    }
    if (this.take('(')) {
      const test = this.or();
      if (!this.take(')')) this.fail(')');
      return test;
    }
    const left = this.operand();
    const operator = this.match(/\s*(==|!=|<=|>=|<|>)/y)?.trim();
    if (!operator) return left.exists;
    const right = this.operand();
    return (node) => compare(left.value(node), operator, right.value(node));
  }

  private operand(): { value(node: JsonNode): Value; exists: Test } {
    this.space();
    if (this.take('@')) {
      const segments = this.segments();
      return {
        value: (node) => scalarOf(run(node, segments)[0]?.node),
        exists: (node) => run(node, segments).length > 0,
      };
    }
    const text = this.string();
    const word = text === null ? this.match(/-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null/y) : null;
    if (text === null && word === null) return this.fail(en.tree.operand);
    const constant: Value = text ?? (JSON.parse(word ?? 'null') as Value);
    return { value: () => constant, exists: () => Boolean(constant) };
  }

  private string(): string | null {
    const quoted = this.match(/\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/y)?.trim();
    if (quoted === undefined) return null;
    const body = quoted.slice(1, -1);
    return quoted.startsWith('"') ? (JSON.parse(quoted) as string) : body.replace(/\\(.)/g, '$1');
  }

  private integer(): number | null {
    const text = this.match(/\s*-?\d+/y);
    return text === null ? null : Number(text);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(/\s*/y);
  }

  private peek(text: string): boolean {
    this.space();
    return this.text.startsWith(text, this.at);
  }

  private take(text: string): boolean {
    const there = this.peek(text);
    if (there) this.at += text.length;
    return there;
  }

  private fail(expected: string): never {
    throw new PathError(en.tree.expected(expected, this.at + 1));
  }
}
