import { useCallback, useEffect, useRef, useState } from 'react';
import { getSessions } from '../api/rest';
import type { SessionList } from '../api/types';

const idleMs = 3000;
const busyMs = 400;

export interface Sessions {
  list: SessionList | null;
  /** Why the list could not be loaded. */
  problem: string | null;
  reload(): void;
}

/** The sessions, asked for again and again while the page is open, and more often while something goes on in the background. */
export function useSessions(): Sessions {
  const [list, setList] = useState<SessionList | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const now = useRef<() => void>(() => {});

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      clearTimeout(timer);
      let isBusy = false;
      try {
        const answer = await getSessions(abort.signal);
        isBusy = answer.jobs.some((job) => job.state === 'running');
        setList(answer);
        setProblem(null);
      } catch (error) {
        if (abort.signal.aborted) return;
        setProblem(error instanceof Error ? error.message : String(error));
      }
      clearTimeout(timer);
      timer = setTimeout(() => void load(), isBusy ? busyMs : idleMs);
    };
    now.current = () => void load();
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);

  return { list, problem, reload: useCallback(() => now.current(), []) };
}
