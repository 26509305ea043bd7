import { useCallback, useEffect, useRef, useState } from 'react';
import { getBody } from '../../api/rest';
import type { Side } from '../../api/types';

const maxBlocks = 24;

const keyOf = (start: number, end: number) => `${start}-${end}`;

/**
 * Parts of a decoded body, loaded when they are first asked for; of another body all is forgotten.
 * @param id of the flow.
 * @param first the body's beginning, which is there already.
 */
export function useBlocks(
  id: number,
  side: Side,
  first: Uint8Array,
): {
  get(start: number, end: number): Uint8Array | null;
  /** Loads a part if need be. */
  fetch(start: number, end: number): Promise<Uint8Array>;
  failed: string | null;
} {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);
  const held = useRef(new Map<string, Uint8Array>());
  const load = useCallback(
    async (start: number, end: number, signal: AbortSignal) =>
      end <= first.length
        ? first.subarray(start, end)
        : (await getBody(id, side, { start, end }, { decoded: true }, signal)).bytes,
    [id, side, first],
  );
  const coming = useRef(new Map<string, Promise<Uint8Array>>());
  const abort = useRef<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another whole is what empties it.
  useEffect(() => {
    abort.current = new AbortController();
    setFailed(null);
    redraw((count) => count + 1);
    return () => {
      abort.current?.abort();
      held.current = new Map();
      coming.current = new Map();
    };
  }, [load]);

  const fetch = useCallback(
    (start: number, end: number): Promise<Uint8Array> => {
      const block = keyOf(start, end);
      const [have, loading] = [held.current, coming.current];
      const known = have.get(block);
      if (known) {
        // The one used last is thrown away last.
        have.delete(block);
        have.set(block, known);
        return Promise.resolve(known);
      }
      const before = loading.get(block);
      if (before) return before;
      const signal = abort.current?.signal ?? new AbortController().signal;
      const promise = load(start, end, signal);
      loading.set(block, promise);
      promise.then(
        (bytes) => {
          if (signal.aborted) return;
          loading.delete(block);
          have.set(block, bytes);
          const oldest = have.keys().next().value;
          if (have.size > maxBlocks && oldest !== undefined) have.delete(oldest);
          setFailed(null);
          redraw((count) => count + 1);
        },
        (error: unknown) => {
          if (signal.aborted) return;
          loading.delete(block);
          setFailed(error instanceof Error ? error.message : String(error));
        },
      );
      return promise;
    },
    [load],
  );

  const get = useCallback((start: number, end: number) => held.current.get(keyOf(start, end)) ?? null, []);
  return { get, fetch, failed };
}
