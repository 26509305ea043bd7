import type { FlowRow } from '../api/types';
import { flowUrl } from '../copy/sentRequest';
import { formatDuration, formatSize } from '../format/format';
import { en } from '../strings/en';

/** A row as one sentence, for screen readers. */
export function rowSentence(row: FlowRow): string {
  const text = en.sentence;
  const what =
    row.kind === 'http'
      ? `${row.method ?? ''} ${flowUrl(row)}`.trim()
      : `${text[row.kind]} ${row.host}${row.path ?? ''}`;
  const parts = [`${text.flow(row.id)}: ${what}`];
  if (row.state === 'error') parts.push(text.error(row.error ?? ''));
  else if (row.state === 'pending') parts.push(text.pending);
  else if (row.status !== null) parts.push(text.status(row.status, row.reason ?? ''));
  if (row.state === 'streaming') parts.push(text.streaming);
  if (row.responseSize > 0) parts.push(text.size(formatSize(row.responseSize)));
  if (row.durationMs !== null && row.state === 'done') parts.push(text.duration(formatDuration(row.durationMs)));
  return parts.join(', ');
}

/** How long a flow has been going on, when it has not ended. */
export const elapsedMs = (row: Pick<FlowRow, 'startedAt'>, now: number): number =>
  Math.max(0, now - Date.parse(row.startedAt));
