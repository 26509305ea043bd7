import { useCallback, useEffect, useRef, useState } from 'react';
import { getAudit } from '../api/rest';
import type { Audit } from '../api/types';

export interface AuditResult {
  audit: Audit | null;
  loading: boolean;
  /** Why the last attempt failed. */
  problem: string | null;
  reload(): void;
}

/** The audit of the session, made when the page is opened and when it is asked for: it reads the whole session. */
export function useAudit(): AuditResult {
  const [audit, setAudit] = useState<Audit | null>(null);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);

  const reload = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setLoading(true);
    getAudit(abort.signal)
      .then((report) => {
        setAudit(report);
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        if (!abort.signal.aborted) setLoading(false);
      });
  }, []);

  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);

  return { audit, loading, problem, reload };
}
