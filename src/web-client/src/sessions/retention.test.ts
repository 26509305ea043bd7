import { describe, expect, it } from 'vitest';
import { formatAge, meters, nextStep } from './retention';

const nothing = {
  maxAgeSeconds: null,
  maxFlows: null,
  maxBytes: null,
  flows: 950,
  usedBytes: 2e9,
  oldestAt: '2026-11-20T00:00:00Z',
};
const now = Date.parse('2026-11-21T00:00:00Z');

describe('meters', () => {
  it('without limits there are none', () => {
    expect(meters(nothing, now)).toEqual([]);
  });

  it('the fullest limit comes first and says what happens next', () => {
    const all = meters({ ...nothing, maxAgeSeconds: 5 * 86_400, maxFlows: 1000, maxBytes: 8e9 }, now);
    expect(all.map(({ kind, share }) => [kind, share])).toEqual([
      ['flows', 0.95],
      ['size', 0.25],
      ['age', 0.2],
    ]);
    expect(all[0]?.text).toBe('950 of 1\u202f000 flows');
    expect(all[0] && nextStep(all[0])).toMatch(/soon/i);
    expect(all[1] && nextStep(all[1])).toMatch(/nothing/i);
    expect(nextStep({ kind: 'size', share: 1.1, text: '' })).toMatch(/being removed/);
  });

  it('an empty session has no age', () => {
    expect(meters({ ...nothing, maxAgeSeconds: 60, oldestAt: null }, now)[0]?.share).toBe(0);
  });
});

it('ages are said in the unit that people use', () => {
  expect([86_400, 30 * 86_400, 3600, 12 * 3600, 1800].map(formatAge)).toEqual([
    '1 day',
    '30 days',
    '1 hour',
    '12 hours',
    '30 minutes',
  ]);
});
