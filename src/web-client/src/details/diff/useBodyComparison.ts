import { useEffect, useState } from 'react';
import { getBody } from '../../api/rest';
import type { FlowDetail, Side } from '../../api/types';
import { headerValue } from '../../copy/copyFlow';
import { isWhole } from '../body/bodySource';
import { type BodyComparison, compareBodies } from './compareBodies';

/** Longer bodies are not compared: both are held at once. */
export const maxCompared = 2_000_000;

export type ComparisonResult =
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'tooLong' }
  | { kind: 'ready'; comparison: BodyComparison };

async function load(flow: FlowDetail, side: Side, decoded: boolean, signal: AbortSignal) {
  const message = flow[side];
  const contentType = headerValue(message?.headers, 'content-type');
  if (!message || message.bodySize === 0) return { bytes: new Uint8Array(), contentType };
  const part = await getBody(flow.id, side, { start: 0, end: maxCompared }, { decoded }, signal);
  return isWhole(part) ? { bytes: part.bytes, contentType } : null;
}

/** The bodies of two flows compared, decoded or as they were sent. */
export function useBodyComparison(left: FlowDetail, right: FlowDetail, side: Side, decoded: boolean): ComparisonResult {
  const key = [left.id, right.id, left[side]?.bodySize, right[side]?.bodySize, side, decoded].join('/');
  const [done, setDone] = useState<{ key: string; result: ComparisonResult } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is compared.
  useEffect(() => {
    const abort = new AbortController();
    Promise.all([load(left, side, decoded, abort.signal), load(right, side, decoded, abort.signal)]).then(
      ([one, other]) =>
        setDone({
          key,
          result: one && other ? { kind: 'ready', comparison: compareBodies(one, other) } : { kind: 'tooLong' },
        }),
      (error) => {
        if (!abort.signal.aborted) setDone({ key, result: { kind: 'failed', message: String(error) } });
      },
    );
    return () => abort.abort();
  }, [key]);
  return done?.key === key ? done.result : { kind: 'loading' };
}
