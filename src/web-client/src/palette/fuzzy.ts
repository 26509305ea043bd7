/** A text that has what was written: how well (higher is better), and where its characters are. */
export interface FuzzyMatch {
  score: number;
  at: readonly number[];
}

const atStart = 12;
const afterLast = 8;
const atWord = 9;
const gap = 1;
const leastPerCharacter = 3;

const isWordStart = (text: string, at: number): boolean => at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/**
 * Whether the characters of what was written come in the text in that order, as "cpu" in "Copy URL". Each word of it is
 * looked for by itself, in any order. Beginnings of words and neighbours count most, and short texts go before long ones.
 */
export function fuzzyMatch(wanted: string, text: string): FuzzyMatch | null {
  const lower = text.toLowerCase();
  const at = new Set<number>();
  let score = 0;
  for (const word of wanted.toLowerCase().split(/\s+/).filter(Boolean)) {
    const found = matchWord(word, lower);
    if (!found) return null;
    score += found.score;
    for (const place of found.at) at.add(place);
  }
  return { score: score - text.length * 0.05, at: [...at].sort((a, b) => a - b) };
}

function matchWord(word: string, text: string): FuzzyMatch | null {
  // The whole word somewhere beats its characters apart.
  let whole: FuzzyMatch | null = null;
  for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + 1)) {
    const found = scoreOf(
      text,
      [...word].map((_, offset) => start + offset),
    );
    if (!whole || found.score > whole.score) whole = found;
  }
  return whole ?? scattered(word, text);
}

/** The best of the readings that begin at each place of the first character, taking beginnings of words where there are. */
function scattered(word: string, text: string): FuzzyMatch | null {
  let best: FuzzyMatch | null = null;
  for (let start = text.indexOf(word[0] ?? ''); start >= 0; start = text.indexOf(word[0] ?? '', start + 1)) {
    const places = [start];
    for (const character of [...word].slice(1)) {
      const from = (places.at(-1) ?? 0) + 1;
      if (text[from] === character) {
        places.push(from);
        continue;
      }
      let next = text.indexOf(character, from);
      let beginning = next;
      while (beginning >= 0 && !isWordStart(text, beginning)) beginning = text.indexOf(character, beginning + 1);
      if (beginning >= 0) next = beginning;
      if (next < 0) break;
      places.push(next);
    }
    if (places.length !== [...word].length) continue;
    const found = scoreOf(text, places);
    if (!best || found.score > best.score) best = found;
  }
  // Characters strewn over a long text are no match that anybody meant.
  return best && best.score >= leastPerCharacter * word.length ? best : null;
}

function scoreOf(text: string, at: readonly number[]): FuzzyMatch {
  let score = 0;
  for (const [index, place] of at.entries()) {
    const before = at[index - 1];
    if (place === 0) score += atStart;
    else if (isWordStart(text, place)) score += atWord;
    if (before !== undefined) score += place === before + 1 ? afterLast : -gap * Math.min(place - before, 12);
  }
  return { score, at };
}
