import { describe, expect, it } from 'vitest';
import type { FlowRow, ViewMessage, WindowRequest } from '../api/types';
import { FlowListModel } from './flowListModel';
import { flowRow } from './testing';

/** A server in memory that holds one view in the order of ids, and knows what the tab holds. */
class Server {
  flows: FlowRow[] = [];
  seq = 0;
  asked: WindowRequest[] = [];
  model = new FlowListModel((window) => this.asked.push(window));
  private window: WindowRequest | null = null;
  private held = new Map<number, number>();
  private heldIds: number[] = [];

  constructor(count: number) {
    this.add(count);
  }

  add(count: number): void {
    for (let i = 0; i < count; i++) this.insert((this.flows.at(-1)?.id ?? 0) + 10);
  }

  insert(id: number): void {
    this.flows.push(flowRow({ id, seq: ++this.seq }));
    this.flows.sort((a, b) => a.id - b.id);
  }

  update(id: number, part: Partial<FlowRow>): void {
    this.flows = this.flows.map((flow) => (flow.id === id ? { ...flow, ...part, seq: ++this.seq } : flow));
  }

  remove(id: number): void {
    this.flows = this.flows.filter((flow) => flow.id !== id);
    this.seq++;
  }

  open(): void {
    this.window = this.model.begin();
    this.held.clear();
    this.heldIds = [];
    this.send();
  }

  /** Answers what the tab has asked for. */
  answer(): void {
    const last = this.asked.at(-1);
    this.asked = [];
    if (!last) return;
    this.window = last;
    this.send();
  }

  send(part: Partial<ViewMessage> = {}): void {
    const window = this.window;
    if (!window) throw new Error('Nothing is open.');
    const total = this.flows.length;
    let start = window.follow ? Math.max(0, total - window.count) : window.start;
    const anchor = this.flows.findIndex((flow) => flow.id === window.anchor);
    if (!window.follow && anchor >= 0) {
      start = Math.max(0, start + anchor - window.anchorAt);
      this.window = { ...window, start, anchorAt: anchor };
    }
    const flows = this.flows.slice(start, start + window.count);
    const ids = flows.map((flow) => flow.id);
    const rows = flows.filter((flow) => this.held.get(flow.id) !== flow.seq);
    const isSame = ids.join() === this.heldIds.join() && this.held.size > 0;
    this.held = new Map(flows.map((flow) => [flow.id, flow.seq]));
    this.heldIds = ids;
    this.model.take({
      view: window.view,
      window: window.number,
      seq: this.seq,
      total,
      lastId: this.flows.at(-1)?.id ?? 0,
      start,
      ids: isSame ? null : ids,
      rows,
      watched: [],
      watchedGone: false,
      anew: false,
      progress: null,
      error: null,
      ...part,
    });
  }
}

const opened = (count: number): Server => {
  const server = new Server(count);
  server.open();
  return server;
};

const shown = (start: number, end: number, anchor: number | null = null) => ({ start, end, follow: false, anchor });

describe('FlowListModel', () => {
  it('begin_ManyFlows_HoldsOnlyTheEnd', () => {
    const { model } = opened(1050);
    expect(model.total).toBe(1050);
    expect(model.lastId).toBe(10500);
    expect(model.row(1049)?.id).toBe(10500);
    expect(model.row(0)).toBeUndefined();
    expect(model.indexOf(10500)).toBe(1049);
  });

  it('ensure_MissingRows_AreAskedForOnce', () => {
    const server = opened(1050);
    server.model.ensure(shown(390, 430));
    server.model.ensure(shown(391, 431));
    expect(server.asked).toHaveLength(1);
    server.answer();
    expect(server.model.row(390)?.id).toBe(3910);
    expect(server.model.row(429)?.id).toBe(4300);
    server.model.ensure(shown(395, 435));
    expect(server.asked).toHaveLength(0);
  });

  it('ensure_ScrolledOnWhileAnAnswerIsOnItsWay_AsksForTheLastPlaceAfterIt', () => {
    const server = opened(5000);
    for (const at of [1000, 2000, 3000]) server.model.ensure(shown(at, at + 40));
    expect(server.asked).toHaveLength(1);
    server.answer();
    expect(server.asked).toHaveLength(1);
    server.answer();
    expect(server.model.row(3000)?.id).toBe(30010);
    expect(server.asked).toHaveLength(0);
  });

  it('take_NewFlowsWhileFollowing_TheEndIsThere', () => {
    const server = opened(10);
    server.add(500);
    server.send();
    expect(server.model.total).toBe(510);
    expect(server.model.row(509)?.id).toBe(5100);
    expect(server.asked).toHaveLength(0);
  });

  it('take_RowsComeBeforeTheAnchor_TheSameRowsAreHeldAtTheirNewPlaces', () => {
    const server = opened(1000);
    const { model } = server;
    model.ensure(shown(400, 440));
    server.answer();
    model.ensure(shown(400, 440, model.row(400)?.id ?? null));
    server.answer();
    const id = model.row(410)?.id ?? 0;
    for (let i = 1; i < 8; i++) server.insert(i);
    server.remove(10);
    server.send();
    expect(model.indexOf(id)).toBe(416);
    expect(model.row(416)?.id).toBe(id);
  });

  it('take_Removed_IsGone', () => {
    const server = opened(5);
    server.remove(20);
    server.send();
    expect(server.model.total).toBe(4);
    expect([0, 1, 2, 3].map((i) => server.model.row(i)?.id)).toEqual([10, 30, 40, 50]);
    expect(server.model.find(20)).toBeUndefined();
  });

  it('take_Changed_RowIsNew', () => {
    const server = opened(5);
    server.update(30, { state: 'streaming' });
    server.send();
    expect(server.model.row(2)?.state).toBe('streaming');
  });

  it('take_RandomChanges_WindowIsWhatTheServerHas', () => {
    const server = opened(300);
    let random = 7;
    const next = (below: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % below;
    };
    for (let round = 0; round < 300; round++) {
      const at = next(server.flows.length);
      const flow = server.flows[at];
      if (next(3) === 0 && flow) server.remove(flow.id);
      else if (next(2) === 0 && flow) server.update(flow.id, { status: next(600) });
      else server.insert(next(4000) * 10 + 1 + next(9));
      const { model } = server;
      if (next(4) === 0) {
        const start = next(server.flows.length);
        model.ensure(shown(start, start + 30, model.row(start)?.id ?? null));
      }
      if (next(3) === 0) server.answer();
      server.send();
      if (next(40) === 0) server.open();
      for (let i = 0; i < server.flows.length; i++) {
        const row = model.row(i);
        if (row) expect(row).toEqual(server.flows[i]);
      }
      expect(model.total).toBe(server.flows.length);
    }
  });

  it('take_MessageOfAnEarlierView_IsLeftAlone', () => {
    const server = opened(5);
    server.model.begin();
    server.send();
    expect(server.model.isReady).toBe(false);
  });

  it('take_Progress_TellsHowFarTheSearchIs', () => {
    const server = new Server(5);
    server.open();
    server.send({ progress: 0.4 });
    expect(server.model.progress).toBe(0.4);
    server.send();
    expect(server.model.progress).toBeNull();
  });

  it('take_ErrorLater_KeepsTheRowsAndSaysWhy', () => {
    const server = opened(5);
    server.send({ error: 'The expression takes too long.' });
    expect(server.model.error).toBe('The expression takes too long.');
    expect(server.model.total).toBe(5);
    server.open();
    expect(server.model.error).toBeNull();
  });

  it('fail_BeforeTheFirstAnswer_NothingIsShown', () => {
    const server = opened(5);
    server.model.begin();
    server.model.fail('There is no such field.');
    expect(server.model.total).toBe(0);
    expect(server.model.isReady).toBe(false);
  });

  it('watch_Flow_HearsItsChangesAndItsEnd', () => {
    const server = opened(500);
    const heard: unknown[] = [];
    const stop = server.model.watch(20, (row) => heard.push(row?.state ?? row));
    expect(server.asked.at(-1)?.watched).toBe(20);
    server.answer();
    server.send({ watched: [flowRow({ id: 20, state: 'streaming' })] });
    server.send({ anew: true });
    server.send({ watchedGone: true });
    stop();
    server.send({ watched: [flowRow({ id: 20, state: 'done' })] });
    expect(heard).toEqual(['streaming', undefined, null]);
  });
});
