import { useEffect, useState } from 'react';
import { getFlowAudit } from '../../api/rest';
import type { Finding, FlowDetail } from '../../api/types';

export type FlowAudit =
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'ready'; findings: readonly Finding[] };

/** What the audit finds in one flow; asked for again when the flow has changed. */
export function useFlowAudit({ id, seq }: FlowDetail): FlowAudit {
  const [done, setDone] = useState<{ id: number; result: FlowAudit } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the flow is what asks for another look.
  useEffect(() => {
    const abort = new AbortController();
    getFlowAudit(id, abort.signal).then(
      (findings) => setDone({ id, result: { kind: 'ready', findings } }),
      (error) => {
        if (!abort.signal.aborted) setDone({ id, result: { kind: 'failed', message: String(error) } });
      },
    );
    return () => abort.abort();
  }, [id, seq]);
  return done?.id === id ? done.result : { kind: 'loading' };
}
