import { useCallback, useEffect, useRef, useState } from 'react';
import { searchBody } from '../../api/rest';
import type { BodyMatch, Side } from '../../api/types';

export interface FindQuery {
  text: string;
  regex: boolean;
  matchCase: boolean;
}

export interface BodySearch {
  state: 'idle' | 'searching' | 'done' | 'failed';
  /** All matches in the body. */
  count: number;
  /** Those that are known now, `first` being the number of the first of them. */
  matches: readonly BodyMatch[];
  first: number;
  /** The number of the one that is shown. */
  index: number;
  /** What is wrong, or why not everything was searched. */
  problem: string | null;
}

const restMs = 150;
const pageSize = 2000;
const idle: BodySearch = { state: 'idle', count: 0, matches: [], first: 0, index: 0, problem: null };

/** Finds something in the whole body, on the server. `version` is what tells that the body is another one. */
export function useBodySearch(id: number, side: Side, charset: string, version: number, query: FindQuery | null) {
  const [search, setSearch] = useState<BodySearch>(idle);
  const pages = useRef<number[]>([0]);
  const abort = useRef<AbortController | null>(null);
  const { text = '', regex = false, matchCase = false } = query ?? {};

  const load = useCallback(
    async (from: number, at: 'start' | 'end') => {
      abort.current?.abort();
      const mine = new AbortController();
      abort.current = mine;
      setSearch((now) => ({ ...now, state: 'searching' }));
      try {
        const found = await searchBody(
          id,
          side,
          { text, regex, matchCase, charset, from, limit: pageSize },
          mine.signal,
        );
        const index = at === 'start' ? found.first : found.first + found.matches.length - 1;
        const { count, first, matches, stopped } = found;
        setSearch({ state: 'done', count, first, matches, index, problem: stopped });
      } catch (error) {
        if (mine.signal.aborted) return;
        setSearch({ ...idle, state: 'failed', problem: error instanceof Error ? error.message : String(error) });
      }
    },
    [id, side, charset, text, regex, matchCase],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a body that has grown is searched again.
  useEffect(() => {
    pages.current = [0];
    if (text === '') {
      setSearch(idle);
      return;
    }
    const timer = setTimeout(() => void load(0, 'start'), restMs);
    return () => {
      clearTimeout(timer);
      abort.current?.abort();
    };
  }, [text, load, version]);

  /** Goes to the next match, or to the one before; round at the ends. */
  const go = (step: 1 | -1) => {
    const { count, first, matches, index } = search;
    if (count === 0) return;
    const next = index + step;
    const last = matches.at(-1);
    if (next >= first && next < first + matches.length) {
      setSearch({ ...search, index: next });
    } else if (step === 1 && next < count && last) {
      const from = last.at + last.length;
      pages.current.push(from);
      void load(from, 'start');
    } else if (step === 1) {
      if (first === 0) return setSearch({ ...search, index: 0 });
      pages.current = [0];
      void load(0, 'start');
    } else if (pages.current.length > 1) {
      pages.current.pop();
      void load(pages.current.at(-1) ?? 0, 'end');
    } else {
      setSearch({ ...search, index: first + matches.length - 1 });
    }
  };
  return { search, go };
}
