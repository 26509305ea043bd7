import type { Retention } from '../api/types';
import { formatCount, formatSize } from '../format/format';
import { en } from '../strings/en';

export interface Meter {
  kind: 'age' | 'flows' | 'size';
  /** How full it is: 1 is the limit. */
  share: number;
  text: string;
}

const day = 86_400;

/** Seconds → "90 days", "12 hours", "30 minutes". */
export function formatAge(seconds: number): string {
  const { days, hours, minutes } = en.retention;
  if (seconds >= 2 * day || seconds === day) return days(Math.round((seconds / day) * 10) / 10);
  if (seconds >= 7200 || seconds === 3600) return hours(Math.round((seconds / 3600) * 10) / 10);
  return minutes(Math.max(0, Math.round(seconds / 60)));
}

/** How full the session is against each limit that is set, the fullest first. */
export function meters(retention: Retention, now: number): Meter[] {
  const { of } = en.retention;
  const found: Meter[] = [];
  if (retention.maxFlows !== null) {
    const text = of(formatCount(retention.flows), en.retention.flows(retention.maxFlows));
    found.push({ kind: 'flows', share: retention.flows / retention.maxFlows, text });
  }
  if (retention.maxBytes !== null) {
    const text = of(formatSize(retention.usedBytes), formatSize(retention.maxBytes));
    found.push({ kind: 'size', share: retention.usedBytes / retention.maxBytes, text });
  }
  if (retention.maxAgeSeconds !== null) {
    const age = retention.oldestAt === null ? 0 : Math.max(0, (now - Date.parse(retention.oldestAt)) / 1000);
    found.push({
      kind: 'age',
      share: age / retention.maxAgeSeconds,
      text: of(formatAge(age), formatAge(retention.maxAgeSeconds)),
    });
  }
  return found.sort((a, b) => b.share - a.share);
}

/** What will happen next, in words. */
export function nextStep(fullest: Meter): string {
  const { next } = en.retention;
  if (fullest.share >= 0.999) return next.removing;
  return fullest.share >= 0.9 ? next.soon : next.later;
}
