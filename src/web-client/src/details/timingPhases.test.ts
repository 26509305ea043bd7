import { describe, expect, it } from 'vitest';
import type { Timings } from '../api/types';
import { noPoints } from '../traffic/testing';
import { timelineEnd, timelineMarks, timingPhases, visible } from './timingPhases';

const all: Timings = {
  blockedMs: 0.2,
  dnsMs: 1.2,
  connectMs: 12,
  tlsMs: 24.5,
  sendMs: 0.1,
  waitMs: 40.3,
  receiveMs: 3.9,
  totalMs: 84.2,
  points: {
    dnsStart: 0.2,
    connectStart: 1.4,
    connectEnd: 13.4,
    tlsStart: 13.4,
    tlsEnd: 37.9,
    sendStart: 38,
    sendEnd: 38.1,
    firstByte: 78.4,
    end: 84.2,
  },
};

describe('timing', () => {
  it('phases start at their points', () => {
    expect(timingPhases(all).map(({ name, start }) => [name, start])).toEqual([
      ['blocked', 0],
      ['dns', 0.2],
      ['connect', 1.4],
      ['tls', 13.4],
      ['send', 38],
      ['wait', 38.1],
      ['receive', 78.4],
    ]);
    expect(timelineEnd(all, timingPhases(all))).toBe(84.2);
  });

  it('a reused connection has no lookup, connect and handshake; without points phases follow each other', () => {
    const reused = { ...all, blockedMs: 5, dnsMs: null, connectMs: null, tlsMs: null, points: noPoints };
    expect(timingPhases(reused)).toEqual([
      { name: 'blocked', start: 0, duration: 5 },
      { name: 'send', start: 5, duration: 0.1 },
      { name: 'wait', start: 5.1, duration: 40.3 },
      { name: 'receive', start: 45.4, duration: 3.9 },
    ]);
  });

  it('a request that was answered without a server has no phases before it', () => {
    expect(timingPhases({ ...all, blockedMs: null }).map(({ name }) => name)).not.toContain('blocked');
  });

  it('what was done before the request is not on the time line', () => {
    expect(visible({ name: 'tls', start: -10, duration: 14 })).toEqual({ name: 'tls', start: 0, duration: 4 });
    expect(visible({ name: 'dns', start: -10, duration: 4 })).toEqual({ name: 'dns', start: 0, duration: 0 });
    expect(visible({ name: 'wait', start: 3, duration: 4 })).toEqual({ name: 'wait', start: 3, duration: 4 });
  });

  it('marks are round', () => {
    expect(timelineMarks(84.2)).toEqual([0, 20, 40, 60]);
    expect(timelineMarks(1000)).toEqual([0, 200, 400, 600, 800]);
  });
});
