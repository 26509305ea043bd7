import { useEffect, useRef, useState } from 'react';
import { type BodyPart, getBody } from '../../api/rest';
import type { Side } from '../../api/types';
import { takeBody } from '../preload';
import { firstPart } from './parts';

/** A body that grows is read again at this pace at most. */
const growthMs = 400;

export type BodyResult =
  | { kind: 'empty' }
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'ready'; body: BodyPart };

/** The first `limit` bytes of a body, decoded; read again when `size` grows. */
export function useBody(id: number, side: Side, size: number, limit: number): BodyResult {
  const [loaded, setLoaded] = useState<{ key: string; result: BodyResult } | null>(null);
  const key = `${id}/${side}`;
  const held = useRef<{ key: string; body: BodyPart } | null>(null);
  const newest = useRef(size);
  const refresh = useRef<() => void>(() => {});
  newest.current = size;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let busy = false;
    let loadedSize = -1;

    const load = async () => {
      if (busy || newest.current === 0 || newest.current === loadedSize) return;
      busy = true;
      const wanted = newest.current;
      let result: BodyResult;
      const { current } = held;
      try {
        // The beginning of a body stays what it is; when all that is wanted of it is there, only its length grows.
        const full = current && current.key === key && !current.body.decoded && current.body.bytes.length >= limit;
        const body = full
          ? { ...current.body, total: wanted }
          : await ((limit === firstPart ? takeBody(id, side) : null) ??
              getBody(id, side, { start: 0, end: limit }, { decoded: true }, abort.signal));
        held.current = { key, body };
        result = { kind: 'ready', body };
      } catch (error) {
        result = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      }
      if (abort.signal.aborted) return;
      setLoaded({ key, result });
      loadedSize = wanted;
      timer = setTimeout(() => {
        busy = false;
        void load();
      }, growthMs);
    };
    refresh.current = () => void load();
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id, side, key, limit]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is what asks for another look.
  useEffect(() => refresh.current(), [size]);

  if (size === 0) return { kind: 'empty' };
  return loaded?.key === key ? loaded.result : { kind: 'loading' };
}
