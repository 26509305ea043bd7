import { useEffect, useState } from 'react';
import { type BodyPart, getBody } from '../../api/rest';
import type { Side } from '../../api/types';

export const firstPart = 1_000_000;
export const nextPart = 4_000_000;

export type BodyResult =
  | { kind: 'empty' }
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'ready'; body: BodyPart };

/** The first `limit` bytes of a body, decoded; read again when `size` grows. */
export function useBody(id: number, side: Side, size: number, limit: number): BodyResult {
  const [result, setResult] = useState<BodyResult>({ kind: 'loading' });
  const [key, setKey] = useState('');
  const wanted = `${id}/${side}`;
  const stale = key !== wanted;

  useEffect(() => {
    if (size === 0) return;
    const abort = new AbortController();
    getBody(id, side, { start: 0, end: limit }, { decoded: true }, abort.signal)
      .then((body) => {
        setResult({ kind: 'ready', body });
        setKey(`${id}/${side}`);
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        setResult({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
        setKey(`${id}/${side}`);
      });
    return () => abort.abort();
  }, [id, side, size, limit]);

  if (size === 0) return { kind: 'empty' };
  return stale ? { kind: 'loading' } : result;
}
