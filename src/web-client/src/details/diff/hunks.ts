import type { LineEdit } from './diffLines';

/** A run of lines to show, or of equal lines to fold. */
export type Hunk = { kind: 'shown'; edits: readonly LineEdit[] } | { kind: 'folded'; edits: readonly LineEdit[] };

/** So many equal lines stay beside each difference. */
const context = 3;
/** Fewer equal lines are not worth a fold. */
const leastFolded = 4;

/** Folds what is equal, but for the lines next to a difference. */
export function hunksOf(edits: readonly LineEdit[]): Hunk[] {
  const hunks: Hunk[] = [];
  let shown: LineEdit[] = [];
  const flush = () => {
    if (shown.length > 0) hunks.push({ kind: 'shown', edits: shown });
    shown = [];
  };
  for (let i = 0; i < edits.length; ) {
    let end = i;
    while (end < edits.length && edits[end]?.kind === 'same') end++;
    if (end === i) {
      shown.push(edits[i++] as LineEdit);
      continue;
    }
    const from = i === 0 ? i : i + context;
    const to = end === edits.length ? end : end - context;
    if (to - from < leastFolded) shown.push(...edits.slice(i, end));
    else {
      shown.push(...edits.slice(i, from));
      flush();
      hunks.push({ kind: 'folded', edits: edits.slice(from, to) });
      shown.push(...edits.slice(to, end));
    }
    i = end;
  }
  flush();
  return hunks;
}

/** For each removed line the added line that took its place, by their positions among the edits, and the other way round. */
export function pairsOf(edits: readonly LineEdit[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  for (let i = 0; i < edits.length; ) {
    let removed = i;
    while (edits[removed]?.kind === 'removed') removed++;
    let added = removed;
    while (edits[added]?.kind === 'added') added++;
    if (removed - i === added - removed)
      for (let j = 0; j < removed - i; j++) pairs.set(i + j, removed + j).set(removed + j, i + j);
    i = Math.max(added, i + 1);
  }
  return pairs;
}
