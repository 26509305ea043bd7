import { en } from '../../../strings/en';
import { jsonDepth, maxDepth } from './depth';
import type { Formatted } from './formatted';

const closing: Record<string, string> = { '{': '}', '[': ']' };

/**
 * Indents JSON by its tokens: numbers, escapes, the order of keys and duplicates stay exactly as they were sent
 * (parsing and printing again would round 12345678901234567890 and drop duplicates).
 */
export function formatJson(source: string): Formatted {
  const depth = jsonDepth(source);
  if (depth > maxDepth) return { ok: false, reason: en.body.tooDeep(depth, maxDepth) };
  try {
    JSON.parse(source);
  } catch (error) {
    const lines = formatJsonLines(source);
    return lines ?? { ok: false, reason: en.body.malformed(error instanceof Error ? error.message : String(error)) };
  }
  return { ok: true, text: indent(source) };
}

/** JSON lines (ndjson): each line is a document of its own. */
function formatJsonLines(source: string): Formatted | null {
  const lines = source.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return null;
  try {
    for (const line of lines) JSON.parse(line);
  } catch {
    return null;
  }
  return { ok: true, text: lines.map(indent).join('\n') };
}

/** Indents the beginning of a JSON text that goes on; nothing can be said about its validity. */
export const formatPartialJson = (source: string): string => (jsonDepth(source) > maxDepth ? source : indent(source));

function indent(source: string): string {
  const tokens = source.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g);
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  const newline = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of tokens) {
    if (token === '}' || token === ']') {
      depth--;
      if (closing[previous] !== token) parts.push(newline());
      parts.push(token);
    } else {
      if (previous in closing || previous === ',') parts.push(newline());
      parts.push(token === ':' ? ': ' : token);
      if (token in closing) depth++;
    }
    previous = token;
  }
  return parts.join('');
}
