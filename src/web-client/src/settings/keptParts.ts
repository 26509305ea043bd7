/** What the browser keeps, in parts that people know, each with its keys. */
export const keptParts = {
  appearance: ['compact', 'contrast'],
  columns: ['chosenColumns', 'columns'],
  layout: ['layout', 'shares', 'outline', 'besideOutline'],
  bodies: ['bodyModes', 'bodyWrap', 'folds', 'diffAll', 'diffForm'],
  filters: ['filters'],
  sql: ['sql.statement', 'sql.history', 'sql.limit', 'sql.guardFormulas'],
  warnings: ['dismissedRejections'],
  shortcuts: ['shortcuts'],
} as const satisfies Record<string, readonly string[]>;

export type KeptPart = keyof typeof keptParts | 'others';

const named = new Set<string>(Object.values(keptParts).flat());

/** The keys of a part that are kept; `others` are those that no part names. */
export const keptOf = (part: KeptPart, kept: readonly string[]): readonly string[] =>
  part === 'others'
    ? kept.filter((key) => !named.has(key))
    : kept.filter((key) => keptParts[part].some((name) => name === key));
