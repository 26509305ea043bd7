import { en } from '../../../strings/en';
import { maxDepth } from './depth';
import type { Formatted } from './formatted';

const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<[!?][^>]*>?|<\/?[A-Za-z_:](?:[^>"']|"[^"]*"|'[^']*')*>?|[^<]+|</g;

/** Elements of HTML that have no end tag. */
const empty = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
/** Elements of HTML that stand within a line of text. */
const inline = new Set(
  'a abbr b bdi bdo br cite code data dfn em i img input kbd label mark q s samp small span strong sub sup time u var wbr'.split(
    ' ',
  ),
);
/** Elements of HTML whose content is kept as it is. */
const verbatim = new Set(['pre', 'script', 'style', 'textarea']);

interface Piece {
  kind: 'open' | 'close' | 'alone' | 'text';
  text: string;
  name: string;
}

function pieces(source: string, html: boolean): Piece[] {
  const found: Piece[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const text = match[0];
    const name = /^<\/?([^\s/>]+)/.exec(text)?.[1] ?? '';
    const key = html ? name.toLowerCase() : name;
    if (!text.startsWith('<') || text === '<') found.push({ kind: 'text', text, name: '' });
    else if (/^<[!?]/.test(text)) found.push({ kind: 'alone', text, name: '' });
    else if (text.startsWith('</')) found.push({ kind: 'close', text, name: key });
    else if (text.endsWith('/>') || (html && empty.has(key))) found.push({ kind: 'alone', text, name: key });
    else {
      found.push({ kind: 'open', text, name: key });
      if (html && verbatim.has(key)) {
        const end = new RegExp(`</${key}\\s*>`, 'ig');
        end.lastIndex = token.lastIndex;
        const stop = end.exec(source)?.index ?? source.length;
        if (stop > token.lastIndex) found.push({ kind: 'text', text: source.slice(token.lastIndex, stop), name: key });
        token.lastIndex = stop;
      }
    }
  }
  return found;
}

/** Puts each element of XML or HTML on a line of its own, except those that stand within text. Only white space between them changes. */
export function formatMarkup(source: string, html: boolean): Formatted {
  const parts: string[] = [];
  let depth = 0;
  let deepest = 0;
  let line = '';
  const flush = () => {
    const text = line.trim();
    if (text) parts.push('  '.repeat(depth) + text);
    line = '';
  };
  const all = pieces(source, html);
  for (let i = 0; i < all.length; i++) {
    const piece = all[i];
    if (!piece) break;
    const within = html && inline.has(piece.name);
    if (piece.kind === 'text') {
      if (piece.name) {
        flush();
        const text = piece.text.replace(/^\s*\n|\s+$/g, '');
        if (text) parts.push(text);
      } else line += html ? piece.text.replace(/\s+/g, ' ') : piece.text;
    } else if (within || (piece.kind === 'alone' && line.trim() !== '')) {
      line += piece.text;
    } else if (piece.kind === 'alone') {
      flush();
      parts.push('  '.repeat(depth) + piece.text);
    } else if (piece.kind === 'open') {
      flush();
      const [next, after] = [all[i + 1], all[i + 2]];
      const short = (text: string) => text.length < 200;
      if (next?.kind === 'close' && next.name === piece.name) {
        parts.push('  '.repeat(depth) + piece.text + next.text);
        i++;
      } else if (
        next?.kind === 'text' &&
        !next.name &&
        after?.kind === 'close' &&
        after.name === piece.name &&
        short(next.text)
      ) {
        // What holds nothing but a little text stays on one line.
        parts.push('  '.repeat(depth) + piece.text + next.text + after.text);
        i += 2;
      } else {
        parts.push('  '.repeat(depth) + piece.text);
        depth++;
        deepest = Math.max(deepest, depth);
        if (deepest > maxDepth) return { ok: false, reason: en.body.tooDeep(deepest, maxDepth) };
      }
    } else {
      flush();
      depth = Math.max(0, depth - 1);
      parts.push('  '.repeat(depth) + piece.text);
    }
  }
  flush();
  return { ok: true, text: parts.join('\n') };
}
