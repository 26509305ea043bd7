import type { Category } from './category';

/** The words after `is:` that a button stands for, with the colour that rows of it have. */
export const typeWords = {
  data: 'data',
  html: 'html',
  js: 'script',
  css: 'style',
  image: 'image',
  font: 'font',
  media: 'media',
  ws: 'socket',
} as const satisfies Record<string, Category>;

export type TypeWord = keyof typeof typeWords;

/** What the button of errors writes. */
export const errorTerm = '(is:error | status>=400)';

const isTypeWord = (word: string): word is TypeWord => word in typeWords;

interface Term {
  text: string;
  start: number;
  end: number;
}

/** The terms of a filter that stand beside each other; what is in parentheses, quotes or a regular expression belongs to its term. */
function terms(filter: string): Term[] {
  const found: Term[] = [];
  let start = -1;
  let depth = 0;
  let quote = '';
  for (let i = 0; i <= filter.length; i++) {
    const char = filter[i] ?? ' ';
    if (i === filter.length || (char === ' ' && depth === 0 && quote === '')) {
      if (start >= 0) found.push({ text: filter.slice(start, i), start, end: i });
      start = -1;
      continue;
    }
    if (start < 0) start = i;
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '/' && /[:=]$/.test(filter.slice(0, i))) quote = '/';
    else if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
  }
  return found;
}

/** Whether the terms are alternatives, so that one beside them would count for the last alone. */
const hasAlternatives = (all: readonly Term[]): boolean =>
  all.some(({ text }) => text === 'OR' || (text.includes('|') && !/^[-!]?\(.*\)$/s.test(text)));

/** The words of a term that consists of type words and nothing else, `is:js` or `(is:js | is:css)`; else null. */
function wordsOf(text: string): TypeWord[] | null {
  const parts = text.replace(/^\((.*)\)$/s, '$1').split('|');
  const words = parts.map((part) => /^\s*is:(\w+)\s*$/.exec(part)?.[1] ?? '');
  return words.every(isTypeWord) ? words : null;
}

/** The term that the buttons of types write, where the filter has one that counts for all of it. */
function typeTerm(filter: string): { term: Term; words: TypeWord[] } | null {
  const whole = wordsOf(filter);
  if (whole) return { term: { text: filter, start: 0, end: filter.length }, words: whole };
  const all = terms(filter);
  if (hasAlternatives(all)) return null;
  for (const [i, term] of all.entries()) {
    const words = wordsOf(term.text);
    if (words && !/^(NOT|[-!]+)$/.test(all[i - 1]?.text ?? '')) return { term, words };
  }
  return null;
}

/** Which types a filter lets pass; none when it says nothing of them. */
export const chosenTypes = (filter: string): readonly TypeWord[] => typeTerm(filter)?.words ?? [];

/** The filter with a type more, or without one that was there. */
export function toggleType(filter: string, word: TypeWord): string {
  const now = typeTerm(filter);
  const words = now?.words ?? [];
  const next = words.includes(word) ? words.filter((one) => one !== word) : [...words, word];
  const text = next.map((one) => `is:${one}`).join(' | ');
  return replaceTerm(filter, now?.term ?? null, next.length > 1 ? `(${text})` : text);
}

const errorTermOf = (filter: string): Term | null => {
  if (filter === errorTerm) return { text: filter, start: 0, end: filter.length };
  const all = terms(filter);
  return hasAlternatives(all) ? null : (all.find(({ text }) => text === errorTerm) ?? null);
};

export const hasErrors = (filter: string): boolean => errorTermOf(filter) !== null;

export const toggleErrors = (filter: string): string => {
  const now = errorTermOf(filter);
  return replaceTerm(filter, now, now ? '' : errorTerm);
};

/** Puts a term in the place of another, or beside what is there. */
function replaceTerm(filter: string, old: Term | null, text: string): string {
  if (old) {
    const rest = [filter.slice(0, old.start).trimEnd(), text, filter.slice(old.end).trimStart()];
    return rest.filter((part) => part !== '').join(' ');
  }
  if (filter === '' || text === '') return filter || text;
  return hasAlternatives(terms(filter)) ? `(${filter}) ${text}` : `${filter} ${text}`;
}
