import { useEffect, useRef, useState } from 'react';
import { getBodyRows } from '../../api/rest';
import type { BodyRows } from '../../api/types';
import type { BodySource } from './bodySource';

/** A body that grows is looked at again at this pace at most. */
const growthMs = 3000;

/** Where the rows of a body begin, once the server has gone through it; null until then. */
export function useBodyRows(source: BodySource, wanted: boolean): { rows: BodyRows | null; failed: string | null } {
  const { id, side, storedSize } = source;
  const [loaded, setLoaded] = useState<{ key: string; rows: BodyRows | null; failed: string | null } | null>(null);
  const key = `${id}/${side}`;
  const last = useRef({ key: '', at: Number.NEGATIVE_INFINITY });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a body that has grown has more rows.
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    const load = async () => {
      last.current = { key, at: performance.now() };
      try {
        const rows = await getBodyRows(id, side, abort.signal);
        setLoaded({ key, rows, failed: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        setLoaded({ key, rows: null, failed: error instanceof Error ? error.message : String(error) });
      }
    };
    const rest = last.current.key === key ? last.current.at + growthMs - performance.now() : 0;
    const timer = setTimeout(() => void load(), Math.max(0, rest));
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, side, key, wanted, storedSize]);

  return loaded?.key === key ? loaded : { rows: null, failed: null };
}
