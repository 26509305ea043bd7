import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteFlowsUpTo, getFlows, getNewestId } from '../api/rest';
import { flowRow } from './testing';
import { TrafficSession, undoMs } from './trafficSession';

vi.mock('../api/hub');
vi.mock('../api/rest');

const flows = [flowRow({ id: 3 }), flowRow({ id: 7 })];

async function sessionWith(filter: string): Promise<TrafficSession> {
  vi.mocked(getFlows).mockResolvedValue({ total: 2, seq: 9, offset: 0, flows });
  const session = new TrafficSession();
  await session.list.load(filter);
  return session;
}

describe('clear', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.mocked(deleteFlowsUpTo).mockReset().mockResolvedValue();
  });
  afterEach(() => vi.useRealTimers());

  it('deletes after a while what was there, and not what arrived meanwhile', async () => {
    const session = await sessionWith('');
    session.clear();
    session.list.apply([{ seq: 10, total: 3, rows: [flowRow({ id: 8, seq: 10 })], removed: [], reset: false }]);
    expect(session.list.total).toBe(1);
    expect(deleteFlowsUpTo).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(deleteFlowsUpTo).toHaveBeenCalledExactlyOnceWith(7);
  });

  it('behind a filter, also deletes the newer flows that it hides', async () => {
    vi.mocked(getNewestId).mockResolvedValue(12);
    const session = await sessionWith('users');
    session.clear();
    session.finishClear();
    await vi.advanceTimersByTimeAsync(0);
    expect(deleteFlowsUpTo).toHaveBeenCalledExactlyOnceWith(12);
  });

  it('deletes nothing when it is undone', async () => {
    const session = await sessionWith('');
    session.clear();
    session.undoClear();
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    expect(session.list.total).toBe(2);
    expect(deleteFlowsUpTo).not.toHaveBeenCalled();
  });
});
