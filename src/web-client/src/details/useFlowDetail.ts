import { useEffect, useRef, useState } from 'react';
import { ApiError, getFlow } from '../api/rest';
import type { FlowDetail } from '../api/types';
import { useSession } from '../traffic/sessionContext';
import { takeFlow } from './preload';

export type DetailResult =
  | { kind: 'loading' }
  | { kind: 'ready'; flow: FlowDetail }
  | { kind: 'gone' }
  | { kind: 'failed'; message: string };

const minGapMs = 150;
/** While a key is held, flows pass faster than this, and only the last one is worth loading. */
const restMs = 90;
/** A flow that the filter hides sends no deltas: while it goes on, it is asked for at this pace. */
const pollMs = 1000;

/** The details of a flow, loaded again with each of its deltas. */
export function useFlowDetail(id: number): DetailResult {
  const { list, hub } = useSession();
  const [result, setResult] = useState<DetailResult>({ kind: 'loading' });

  const lastSwitch = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let loading = false;
    let again = false;
    let going = false;

    const load = async () => {
      clearTimeout(timer);
      timer = undefined;
      if (loading) {
        again = true;
        return;
      }
      loading = true;
      try {
        const flow = await (takeFlow(id) ?? getFlow(id, abort.signal));
        if (abort.signal.aborted) return;
        going = flow.state === 'pending' || flow.state === 'streaming';
        setResult({ kind: 'ready', flow });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 404) setResult({ kind: 'gone' });
        // What is on screen stays there when the proxy is away for a while.
        else setResult((now) => (now.kind === 'ready' ? now : { kind: 'failed', message: String(error) }));
      }
      loading = false;
      if (abort.signal.aborted) return;
      if (again) plan(minGapMs);
      else if (going) plan(pollMs);
      again = false;
    };
    const plan = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void load(), ms);
    };

    setResult({ kind: 'loading' });
    const passing = performance.now() - lastSwitch.current < restMs * 2;
    lastSwitch.current = performance.now();
    if (passing) plan(restMs);
    else void load();
    const stopWatching = list.watch(id, (row) => {
      if (row === null) setResult({ kind: 'gone' });
      else if (loading) again = true;
      else plan(minGapMs);
    });
    let wasLive = hub.isLive;
    const stopStatus = hub.onStatus(() => {
      const isLive = hub.getStatus().kind === 'live';
      if (isLive && !wasLive) void load();
      wasLive = isLive;
    });
    return () => {
      abort.abort();
      clearTimeout(timer);
      stopWatching();
      stopStatus();
    };
  }, [id, list, hub]);

  return result;
}
