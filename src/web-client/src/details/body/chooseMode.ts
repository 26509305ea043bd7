import type { BodyFacts, BodyMode } from './detectBody';

/** The key under which the mode for a kind of body is remembered: what is good for a page may not be for megabytes of it. */
export const modeKey = (facts: BodyFacts, whole: boolean): string =>
  whole ? facts.mediaType : `${facts.mediaType} long`;

/** The mode for a body: the one chosen before for its content type where it fits, or the best one. */
export function chooseMode(facts: BodyFacts, whole: boolean, remembered: Readonly<Record<string, BodyMode>>): BodyMode {
  const chosen = remembered[modeKey(facts, whole)];
  if (chosen && facts.modes.includes(chosen)) return chosen;
  const best = facts.modes[0] ?? 'raw';
  // Of a long text, its lines can be shown from end to end.
  return !whole && best !== 'preview' && best !== 'decoded' && facts.modes.includes('raw') ? 'raw' : best;
}
