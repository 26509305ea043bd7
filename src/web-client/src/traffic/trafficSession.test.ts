import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubClient } from '../api/hub';
import { deleteFlowsUpTo, getNewestId } from '../api/rest';
import type { OpenRequest } from '../api/types';
import { flowRow } from './testing';
import { TrafficSession, undoMs } from './trafficSession';

vi.mock('../api/hub');
vi.mock('../api/rest');

const flows = [flowRow({ id: 3 }), flowRow({ id: 7 })];

function asked(): OpenRequest {
  const request = vi.mocked(HubClient.prototype.open).mock.lastCall?.[0];
  if (!request) throw new Error('Nothing was opened.');
  return request;
}

function show(session: TrafficSession, rows = flows): void {
  session.list.take({
    view: session.list.view,
    window: 1,
    seq: 9,
    total: rows.length,
    lastId: rows.at(-1)?.id ?? 0,
    start: 0,
    ids: rows.map((row) => row.id),
    rows,
    watched: [],
    watchedGone: false,
    anew: false,
    progress: null,
    error: null,
  });
}

function sessionWith(filter: string): TrafficSession {
  const session = new TrafficSession();
  vi.spyOn(session.hub, 'isLive', 'get').mockReturnValue(true);
  session.setView(filter, '-host');
  show(session);
  return session;
}

describe('clear', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.mocked(deleteFlowsUpTo).mockReset().mockResolvedValue();
    vi.mocked(HubClient.prototype.open).mockReset().mockResolvedValue({ session: 's', resumed: false, reset: false });
  });
  afterEach(() => vi.useRealTimers());

  it('deletes after a while what was there, and shows what arrived meanwhile', async () => {
    const session = sessionWith('');
    session.clear();
    expect(session.list.total).toBe(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toMatchObject({ filter: 'id>7', sort: '-host' });
    show(session, [flowRow({ id: 8 })]);
    expect(session.list.total).toBe(1);
    expect(deleteFlowsUpTo).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(deleteFlowsUpTo).toHaveBeenCalledExactlyOnceWith(7);
    expect(asked().filter).toBe('');
  });

  it('behind a filter, also deletes the newer flows that it hides', async () => {
    vi.mocked(getNewestId).mockResolvedValue(12);
    const session = sessionWith('users | api');
    session.clear();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked().filter).toBe('id>12 (users | api)');
    session.finishClear();
    await vi.advanceTimersByTimeAsync(0);
    expect(deleteFlowsUpTo).toHaveBeenCalledExactlyOnceWith(12);
  });

  it('deletes nothing when it is undone', async () => {
    const session = sessionWith('');
    session.clear();
    await vi.advanceTimersByTimeAsync(0);
    session.undoClear();
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    expect(asked().filter).toBe('');
    expect(deleteFlowsUpTo).not.toHaveBeenCalled();
  });

  it('is off when others clear meanwhile', async () => {
    const session = sessionWith('');
    session.clear();
    await vi.advanceTimersByTimeAsync(0);
    const handlers = vi.mocked(HubClient).mock.lastCall?.[0];
    handlers?.view({ ...message(session), anew: true });
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    expect(deleteFlowsUpTo).not.toHaveBeenCalled();
  });
});

const message = (session: TrafficSession) => ({
  view: session.list.view,
  window: 1,
  seq: 9,
  total: 0,
  lastId: 0,
  start: 0,
  ids: [],
  rows: [],
  watched: [],
  watchedGone: false,
  anew: false,
  progress: null,
  error: null,
});
