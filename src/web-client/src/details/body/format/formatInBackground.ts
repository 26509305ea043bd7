import { en } from '../../../strings/en';
import type { FormattedLanguage } from './format';
import type { Formatted } from './formatted';

/** What takes longer is shown as it is. */
const limitMs = 10_000;

let worker: Worker | null = null;
let number = 0;

/** Formats in a thread of its own, so that no body, whatever is in it, can hold up the page. */
export function formatInBackground(
  source: string,
  language: FormattedLanguage,
  signal: AbortSignal,
): Promise<Formatted> {
  worker ??= new Worker(new URL('./format.worker.ts', import.meta.url), { type: 'module' });
  const [mine, id] = [worker, ++number];
  return new Promise((resolve) => {
    const end = (result: Formatted, dead: boolean) => {
      clearTimeout(timer);
      mine.removeEventListener('message', onMessage);
      mine.removeEventListener('error', onError);
      signal.removeEventListener('abort', onAbort);
      if (dead) {
        mine.terminate();
        if (worker === mine) worker = null;
      }
      resolve(result);
    };
    const onMessage = (event: MessageEvent<{ id: number; result: Formatted }>) => {
      if (event.data.id === id) end(event.data.result, false);
    };
    const onError = (event: ErrorEvent) => end({ ok: false, reason: en.body.formatFailed(event.message) }, true);
    const onAbort = () => end({ ok: false, reason: '' }, false);
    const timer = setTimeout(() => end({ ok: false, reason: en.body.formatSlow }, true), limitMs);
    mine.addEventListener('message', onMessage);
    mine.addEventListener('error', onError);
    signal.addEventListener('abort', onAbort);
    mine.postMessage({ id, source, language });
  });
}
