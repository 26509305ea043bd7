import { detectBody, isBinary } from '../body/detectBody';
import { formatJson } from '../body/format/formatJson';
import { diffLines, type LineEdit } from './diffLines';

/** A body to compare, with the content type that it came with. */
export interface ComparedBody {
  bytes: Uint8Array;
  contentType: string | null;
}

export type BodyComparison =
  | { kind: 'none' }
  | { kind: 'equal'; size: number }
  | { kind: 'binary'; left: number; right: number; firstDifference: number }
  /** Too many lines differ for them to be laid beside each other. */
  | { kind: 'unlike'; left: number; right: number }
  | {
      kind: 'text';
      left: readonly string[];
      right: readonly string[];
      edits: readonly LineEdit[];
      isFormatted: boolean;
    };

const maxEdits = 3000;

function textOf({ bytes, contentType }: ComparedBody): { text: string; isJson: boolean } | null {
  const facts = detectBody(contentType, bytes);
  if (isBinary(facts)) return null;
  return { text: new TextDecoder(facts.charset).decode(bytes), isJson: facts.kind === 'json' };
}

function firstDifference(left: Uint8Array, right: Uint8Array): number {
  const end = Math.min(left.length, right.length);
  for (let i = 0; i < end; i++) if (left[i] !== right[i]) return i;
  return left.length === right.length ? -1 : end;
}

/** Compares two bodies: texts line by line, JSON set out first, everything else byte by byte. */
export function compareBodies(left: ComparedBody, right: ComparedBody): BodyComparison {
  if (left.bytes.length === 0 && right.bytes.length === 0) return { kind: 'none' };
  const at = firstDifference(left.bytes, right.bytes);
  if (at < 0) return { kind: 'equal', size: left.bytes.length };
  const [one, other] = [textOf(left), textOf(right)];
  // An empty body is a text without lines.
  if ((one === null && left.bytes.length > 0) || (other === null && right.bytes.length > 0))
    return { kind: 'binary', left: left.bytes.length, right: right.bytes.length, firstDifference: at };
  const formatted = [one, other].map((body) => (body?.isJson ? formatJson(body.text) : null));
  const isFormatted = formatted.every((result, i) => result?.ok || [left, right][i]?.bytes.length === 0);
  const [leftLines = [], rightLines = []] = [one, other].map((body, i) => {
    const result = formatted[i];
    const text = isFormatted && result?.ok ? result.text : (body?.text ?? '');
    return text === '' ? [] : text.split(/\r?\n/);
  });
  const edits = diffLines(leftLines, rightLines, maxEdits);
  return edits === null
    ? { kind: 'unlike', left: left.bytes.length, right: right.bytes.length }
    : { kind: 'text', left: leftLines, right: rightLines, edits, isFormatted };
}
