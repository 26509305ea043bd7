import { usePersistent } from '../theme/persistent';

const maxKept = 50;
const nothing: string[] = [];

/** The filters used before with this one in front: each once, 50 at most. */
export const remember = (history: readonly string[], filter: string): string[] =>
  filter.trim() === '' ? [...history] : [filter, ...history.filter((one) => one !== filter)].slice(0, maxKept);

/** The filters that were used in this browser, the newest first. */
export function useFilterHistory(): [readonly string[], (filter: string) => void] {
  const [history, setHistory] = usePersistent<string[]>('filters', nothing);
  return [history, (filter) => setHistory(remember(history, filter))];
}
