import { describe, expect, it, vi } from 'vitest';
import type { Changes, FlowPage, FlowRow } from '../api/types';
import { FlowListModel, locateFlow, pageSize } from './flowListModel';
import { flowRow } from './testing';

/** A server in memory: pages of what it holds, with the seq it has reached. */
class Server {
  flows: FlowRow[] = [];
  seq = 0;
  requests: [number, number][] = [];
  gate: Promise<void> | null = null;

  add(count: number): Changes {
    const rows: FlowRow[] = [];
    for (let i = 0; i < count; i++) {
      const row = flowRow({ id: (this.flows.at(-1)?.id ?? 0) + 1, seq: ++this.seq });
      this.flows.push(row);
      rows.push(row);
    }
    return this.changes(rows);
  }

  update(id: number, part: Partial<FlowRow>): Changes {
    const index = this.flows.findIndex((flow) => flow.id === id);
    const row = { ...(this.flows[index] as FlowRow), ...part, seq: ++this.seq };
    this.flows[index] = row;
    return this.changes([row]);
  }

  remove(id: number): Changes {
    this.flows = this.flows.filter((flow) => flow.id !== id);
    this.seq++;
    return this.changes([], [id]);
  }

  changes(rows: FlowRow[], removed: number[] = []): Changes {
    return { seq: this.seq, total: this.flows.length, rows, removed, reset: false };
  }

  page = async (_filter: string, offset: number, limit: number): Promise<FlowPage> => {
    this.requests.push([offset, limit]);
    const answer = {
      total: this.flows.length,
      seq: this.seq,
      offset,
      flows: this.flows.slice(offset, offset + limit),
    };
    if (this.gate) await this.gate;
    return answer;
  };
}

async function loaded(count: number): Promise<{ server: Server; model: FlowListModel }> {
  const server = new Server();
  server.add(count);
  const model = new FlowListModel(server.page);
  await model.load('');
  return { server, model };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('FlowListModel', () => {
  it('load_ManyFlows_HoldsOnlyTheFirstAndTheLastPage', async () => {
    const { server, model } = await loaded(1050);
    expect(model.total).toBe(1050);
    expect(model.row(1049)?.id).toBe(1050);
    expect(model.row(0)?.id).toBe(1);
    expect(model.row(500)).toBeUndefined();
    expect(server.requests).toEqual([
      [0, pageSize],
      [1000, pageSize],
    ]);
  });

  it('ensure_MissingWindow_LoadsItsPagesOnce', async () => {
    const { server, model } = await loaded(1050);
    model.ensure(390, 430);
    model.ensure(390, 430);
    await settle();
    expect(model.row(399)?.id).toBe(400);
    expect(model.row(400)?.id).toBe(401);
    expect(server.requests.slice(2)).toEqual([
      [200, pageSize],
      [400, pageSize],
    ]);
    model.ensure(390, 430);
    expect(server.requests).toHaveLength(4);
  });

  it('apply_NewFlows_AppendsWithoutAsking', async () => {
    const { server, model } = await loaded(10);
    model.apply([server.add(500)]);
    expect(model.total).toBe(510);
    expect(model.row(509)?.id).toBe(510);
    expect(server.requests).toHaveLength(1);
    model.ensure(0, 510);
    expect(server.requests).toHaveLength(1);
  });

  it('apply_OlderState_KeepsTheNewerOne', async () => {
    const { server, model } = await loaded(3);
    const older = server.update(2, { state: 'streaming' });
    const newer = server.update(2, { state: 'done' });
    model.apply([newer, older]);
    expect(model.find(2)?.state).toBe('done');
    expect(model.total).toBe(3);
  });

  it('apply_WhileTheEndIsLoading_LosesNothingAndDoublesNothing', async () => {
    const server = new Server();
    server.add(3);
    let open = () => {};
    server.gate = new Promise((resolve) => {
      open = resolve;
    });
    const model = new FlowListModel(server.page);
    const loading = model.load('');
    model.apply([server.add(2)]);
    open();
    await loading;
    expect(model.total).toBe(5);
    expect([0, 1, 2, 3, 4].map((i) => model.row(i)?.id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('apply_PageIsAheadOfTheDeltas_DeltaDoesNotDouble', async () => {
    const server = new Server();
    const late = server.add(3);
    const model = new FlowListModel(server.page);
    await model.load('');
    model.apply([late]);
    expect(model.total).toBe(3);
  });

  it('remove_HeldFlow_MovesTheRestUp', async () => {
    const { server, model } = await loaded(5);
    model.apply([server.remove(2)]);
    expect(model.total).toBe(4);
    expect([0, 1, 2, 3].map((i) => model.row(i)?.id)).toEqual([1, 3, 4, 5]);
    expect(model.indexOf(5)).toBe(3);
    expect(model.indexOf(2)).toBeUndefined();
  });

  it('remove_FlowThatIsNotHeld_AsksTheServerAgain', async () => {
    const { server, model } = await loaded(1050);
    model.apply([server.remove(500)]);
    await settle();
    expect(model.total).toBe(1049);
    expect(model.row(1048)?.id).toBe(1050);
  });

  it('fetchPage_PositionsMovedMeanwhile_IsThrownAwayAndAskedAgain', async () => {
    const { server, model } = await loaded(1050);
    let open = () => {};
    server.gate = new Promise((resolve) => {
      open = resolve;
    });
    model.ensure(400, 420);
    model.apply([server.remove(1)]);
    open();
    server.gate = null;
    await settle();
    model.ensure(400, 420);
    await settle();
    expect(model.row(400)?.id).toBe(402);
  });

  it('hideAll_NewFlows_ShowFromZero_AndUndoBringsAllBack', async () => {
    const { server, model } = await loaded(5);
    model.hideAll();
    expect(model.total).toBe(0);
    model.apply([server.add(1)]);
    expect(model.total).toBe(1);
    expect(model.row(0)?.id).toBe(6);
    expect(model.indexOf(3)).toBeUndefined();
    model.unhide();
    expect(model.total).toBe(6);
    expect(model.indexOf(3)).toBe(2);
  });

  it('apply_LongRun_MemoryStaysBounded', async () => {
    const { server, model } = await loaded(0);
    for (let i = 0; i < 120; i++) {
      model.ensure(Math.max(0, model.total - 50), model.total);
      model.apply([server.add(1000)]);
    }
    let held = 0;
    for (let i = 0; i < model.total; i++) if (model.row(i)) held++;
    expect(model.total).toBe(120_000);
    expect(held).toBeLessThan(31_000);
    expect(model.row(119_999)?.id).toBe(120_000);
  });

  it('watch_Flow_HearsItsDeltasAndItsEnd', async () => {
    const { server, model } = await loaded(3);
    const heard: (string | null)[] = [];
    const stop = model.watch(2, (row) => heard.push(row?.state ?? null));
    model.apply([server.update(2, { state: 'streaming' })]);
    model.apply([server.remove(2)]);
    stop();
    expect(heard).toEqual(['streaming', null]);
  });

  it('apply_TotalDiffersForLong_LoadsAgain', async () => {
    const { server, model } = await loaded(5);
    server.add(1);
    server.flows.unshift(flowRow({ id: 0, seq: ++server.seq }));
    model.apply([server.changes([])], 1000);
    expect(model.total).toBe(5);
    model.apply([server.changes([])], 3500);
    await settle();
    expect(model.total).toBe(7);
  });

  it('apply_FlowComesAfterOneWithAGreaterId_StandsInItsPlace', async () => {
    const { server, model } = await loaded(3 * pageSize);
    const rows = server.add(4).rows;
    const [first, second, third, fourth] = rows as [FlowRow, FlowRow, FlowRow, FlowRow];
    model.apply([{ ...server.changes([second, fourth]), total: model.total + 2 }]);
    model.apply([{ ...server.changes([third]), total: model.total + 1 }]);
    model.apply([server.changes([first])]);
    expect(model.total).toBe(server.flows.length);
    for (let i = 0; i < 4; i++) {
      expect(model.row(3 * pageSize + i)?.id).toBe(rows[i]?.id);
      expect(model.indexOf(rows[i]?.id ?? 0)).toBe(3 * pageSize + i);
    }
  });

  it('apply_UpdateOfAFlowThatIsNotHeld_IsNotTakenForALateOne', async () => {
    const { server, model } = await loaded(5 * pageSize);
    model.apply([server.update(2 * pageSize, { status: 500 })]);
    expect(model.total).toBe(5 * pageSize);
  });

  it('apply_LateFlowDuringAClear_IsHiddenWithTheOthers', async () => {
    const { server, model } = await loaded(10);
    const [first, second] = server.add(2).rows as [FlowRow, FlowRow];
    model.apply([{ ...server.changes([second]), total: 11 }]);
    model.hideAll();
    model.apply([server.changes([first])]);
    expect(model.total).toBe(0);
    model.unhide();
    expect(model.total).toBe(12);
  });

  it('apply_TotalDiffersAndNothingFollows_LoadsAgain', async () => {
    vi.useFakeTimers();
    try {
      const { server, model } = await loaded(10);
      const changes = server.add(2);
      model.apply([{ ...changes, rows: changes.rows.slice(1) }]);
      expect(model.total).toBe(11);
      await vi.advanceTimersByTimeAsync(5000);
      expect(model.total).toBe(12);
      expect(model.row(10)?.id).toBe(11);
    } finally {
      vi.useRealTimers();
    }
  });

  it('load_ServerFails_TellsAndRecovers', async () => {
    let broken = true;
    const server = new Server();
    server.add(2);
    const model = new FlowListModel((...args) => (broken ? Promise.reject(new Error('down')) : server.page(...args)));
    await model.load('');
    expect(model.error).toBe('down');
    broken = false;
    await model.load('');
    expect(model.error).toBeNull();
    expect(model.total).toBe(2);
  });
});

describe('locateFlow', () => {
  it('dense ids are found in a few steps, gaps and strangers too', async () => {
    const server = new Server();
    server.add(1000);
    for (const id of [3, 4, 5, 600, 601]) server.remove(id);
    const find = (id: number) => locateFlow(server.page, '', id, server.flows.length);
    expect(await find(1)).toBe(0);
    expect(await find(6)).toBe(2);
    expect(await find(1000)).toBe(994);
    expect(await find(600)).toBeUndefined();
    server.requests = [];
    await find(900);
    expect(server.requests.length).toBeLessThan(8);
  });
});
