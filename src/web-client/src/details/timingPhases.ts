import type { TimingPoint, Timings } from '../api/types';

export type PhaseName = 'blocked' | 'dns' | 'connect' | 'tls' | 'send' | 'wait' | 'receive';

export interface Phase {
  name: PhaseName;
  /** Milliseconds after the start of the flow. */
  start: number;
  duration: number;
}

const sources: [PhaseName, `${PhaseName}Ms`, TimingPoint | null][] = [
  ['blocked', 'blockedMs', null],
  ['dns', 'dnsMs', 'dnsStart'],
  ['connect', 'connectMs', 'connectStart'],
  ['tls', 'tlsMs', 'tlsStart'],
  ['send', 'sendMs', 'sendStart'],
  ['wait', 'waitMs', 'sendEnd'],
  ['receive', 'receiveMs', 'firstByte'],
];

/** The phases that took place, each from its point in time, or after the one before where that is not known. */
export function timingPhases(timings: Timings): Phase[] {
  const phases: Phase[] = [];
  let at = 0;
  for (const [name, figure, point] of sources) {
    const duration = timings[figure];
    if (duration === null) continue;
    const start = (point && timings.points[point]) ?? at;
    phases.push({ name, start, duration });
    at = start + duration;
  }
  return phases;
}

/** The part of a phase that lies on the time line: a connection that was opened ahead began before it. */
export function visible(phase: Phase): Phase {
  const start = Math.max(phase.start, 0);
  return { ...phase, start, duration: Math.max(phase.start + phase.duration - start, 0) };
}

/** The length of the time line: all that is known of the flow. */
export function timelineEnd(timings: Timings, phases: readonly Phase[]): number {
  const ends = phases.map((phase) => phase.start + phase.duration);
  return Math.max(timings.totalMs ?? 0, timings.points.end ?? 0, ...ends, 0.001);
}

/** Round marks for a time line of this length: four to six of them. */
export function timelineMarks(end: number): number[] {
  const rough = end / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ?? power;
  const marks: number[] = [];
  for (let i = 0; i * step < end * 0.95; i++) marks.push(i * step);
  return marks;
}
