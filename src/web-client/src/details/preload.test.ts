import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { getBody, getFlow } from '../api/rest';
import { flowRow } from '../traffic/testing';
import { preload, takeBody, takeFlow } from './preload';

vi.mock('../api/rest', () => ({
  getFlow: vi.fn(async (id: number) => ({ id })),
  getBody: vi.fn(async (id: number) => ({ bytes: Uint8Array.of(id), total: 1, decoded: null, decodeError: null })),
}));

describe('preload', () => {
  // One clock for all: it must not run backwards.
  beforeAll(() => void vi.useFakeTimers());
  beforeEach(() => {
    vi.clearAllMocks();
    vi.advanceTimersByTime(10_000);
  });
  afterAll(() => void vi.useRealTimers());

  it('is asked for when a row is chosen, and given once', async () => {
    preload(flowRow({ id: 7 }), true);
    expect(getFlow).toHaveBeenCalledTimes(1);
    expect(await takeFlow(7)).toEqual({ id: 7 });
    expect(takeFlow(7)).toBeNull();
    expect(takeBody(7, 'request')).toBeNull();
    expect((await takeBody(7, 'response'))?.bytes).toEqual(Uint8Array.of(7));
    expect(takeBody(7, 'response')).toBeNull();
  });

  it('is of no use for another flow, or later', () => {
    preload(flowRow({ id: 7 }), false);
    expect(getBody).not.toHaveBeenCalled();
    expect(takeFlow(8)).toBeNull();
    vi.advanceTimersByTime(10_000);
    preload(flowRow({ id: 7 }), true);
    vi.advanceTimersByTime(5000);
    expect(takeFlow(7)).toBeNull();
  });

  it('what passes by while a key is held is not asked for', () => {
    for (let id = 1; id <= 20; id++) {
      preload(flowRow({ id }), true);
      vi.advanceTimersByTime(30);
    }
    expect(getFlow).toHaveBeenCalledTimes(1);
  });

  it('a body that still grows, or is none, is left to who shows it', () => {
    preload(flowRow({ id: 7, state: 'streaming' }), true);
    vi.advanceTimersByTime(10_000);
    preload(flowRow({ id: 8, responseSize: 0 }), true);
    expect(getBody).not.toHaveBeenCalled();
  });
});
