import type { SqlAnswer } from '../api/types';

export const rowLimits = [100, 1000, 10_000];

const kept = 50;

/** The statements that were run, the newest first, each once. */
export function remember(history: string[], statement: string): string[] {
  const trimmed = statement.trim();
  if (!trimmed) return history;
  return [trimmed, ...history.filter((one) => one !== trimmed)].slice(0, kept);
}

/** Which columns hold ids of flows: `flow_id`, and `id` where it is the flows' own. */
export function flowColumns(answer: Pick<SqlAnswer, 'columns'>, statement: string): Set<number> {
  const own = /\bflows?\b/i.test(statement) && !/\bconnections?\b/i.test(statement);
  const found = new Set<number>();
  answer.columns.forEach((name, index) => {
    if (name === 'flow_id' || (own && name === 'id')) found.add(index);
  });
  return found;
}

/** A value as one line of text. */
export function cellText(value: unknown): string {
  return value === null || value === undefined ? 'NULL' : String(value);
}

const [leastWidth, mostWidth, perCharacter, padding, sample] = [56, 440, 7.3, 20, 200];

/** A width in pixels for each column, by what its first rows hold. */
export function columnWidths(answer: Pick<SqlAnswer, 'columns' | 'rows'>): number[] {
  return answer.columns.map((name, index) => {
    let longest = name.length;
    for (const row of answer.rows.slice(0, sample)) longest = Math.max(longest, cellText(row[index]).length);
    return Math.min(mostWidth, Math.max(leastWidth, Math.ceil(longest * perCharacter) + padding));
  });
}
