import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, downloadSql, runSql } from '../api/rest';
import type { SqlAnswer } from '../api/types';
import { en } from '../strings/en';

export interface SqlProblem {
  message: string;
  /** The statement that is wrong, and where in it. */
  statement: string;
  position: number | null;
  length: number;
  suggestion: string | null;
}

function problemOf(error: unknown, statement: string): SqlProblem {
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof ApiError ? error.details : {};
  const { position, length, suggestion } = details;
  return {
    message,
    statement,
    position: typeof position === 'number' ? position : null,
    length: typeof length === 'number' ? length : 0,
    suggestion: typeof suggestion === 'string' ? suggestion : null,
  };
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Runs one statement at a time; a new one ends the one before. */
export function useSql() {
  const [answer, setAnswer] = useState<SqlAnswer | null>(null);
  const [asked, setAsked] = useState('');
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<SqlProblem | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const attempt = useCallback(async (statement: string, work: (signal: AbortSignal) => Promise<void>) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setRunning(true);
    setProblem(null);
    try {
      await work(own.signal);
    } catch (error) {
      if (!own.signal.aborted) setProblem(problemOf(error, statement));
    } finally {
      if (abort.current === own) setRunning(false);
    }
  }, []);

  const run = useCallback(
    (statement: string, limit: number) =>
      void attempt(statement, async (signal) => {
        const rows = await runSql({ sql: statement, limit, timeoutMs: null }, signal);
        if (signal.aborted) return;
        setAsked(statement);
        setAnswer(rows);
      }),
    [attempt],
  );

  const download = useCallback(
    (statement: string, format: 'csv' | 'json' | 'jsonl', guardFormulas: boolean) =>
      void attempt(statement, async (signal) => {
        const { blob, cut } = await downloadSql(
          { sql: statement, format, guardFormulas, limit: null, timeoutMs: null, blobs: null },
          signal,
        );
        if (signal.aborted) return;
        save(blob, `mitmweb-sql.${format}`);
        if (cut !== null) setProblem(problemOf(new Error(en.sql.fileCut), statement));
      }),
    [attempt],
  );

  const cancel = useCallback(() => {
    abort.current?.abort();
    abort.current = null;
    setRunning(false);
  }, []);

  return { answer, asked, running, problem, run, download, cancel };
}
