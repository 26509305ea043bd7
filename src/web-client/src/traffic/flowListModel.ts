import type { Changes, FlowPage, FlowRow } from '../api/types';

export const pageSize = 200;
const maxCachedRows = 30_000;
const maxPagesInFlight = 2;
/** When the server's total differs from ours for this long, something was missed: the list is loaded again. */
const mismatchMs = 2000;
/** How far behind the newest flow a late one is looked for; farther behind, the totals tell that something is missing. */
const maxLateness = 1000;

export type LoadPage = (filter: string, offset: number, limit: number) => Promise<FlowPage>;

interface Page {
  rows: (FlowRow | undefined)[];
  filled: number;
  /** False when positions may have moved since it was loaded: shown meanwhile, and loaded again when seen. */
  fresh: boolean;
}

interface Span {
  start: number;
  end: number;
}

/**
 * The flows that match a filter, in the order of id, of which only pages near the window are held.
 * Deltas update rows that are held and append those with a greater id than all before. Positions change only by removals and by
 * flows that come late: ids are given at a flow's start, and two that start together may be stored in the other order. A page that was on its way while positions moved is thrown away and asked for again.
 */
export class FlowListModel {
  private pages = new Map<number, Page>();
  private positions = new Map<number, number>();
  private inFlight = new Set<number>();
  private wanted: Span = { start: 0, end: 0 };
  private queue: Changes[] | null = null;
  private generation = 0;
  private layout = 0;
  private count = 0;
  private maxId = 0;
  private hiddenCount = 0;
  private version = 0;
  private listeners = new Set<() => void>();
  private watchers = new Map<number, Set<(row: FlowRow | null) => void>>();
  private filterText = '';
  private loadError: string | null = null;
  private ready = false;
  private differsSince: number | null = null;
  private serverTotal = 0;
  private recheck: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly loadPage: LoadPage) {}

  /** Number of flows that match, without those hidden by a clear that can still be undone. */
  get total(): number {
    return Math.max(0, this.count - this.hiddenCount);
  }

  get filter(): string {
    return this.filterText;
  }

  /** False until the first answer of the server for this filter. */
  get isReady(): boolean {
    return this.ready;
  }

  get error(): string | null {
    return this.loadError;
  }

  /** The greatest id that matches the filter. */
  get lastId(): number {
    return this.maxId;
  }

  getVersion = (): number => this.version;

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back with each delta of one flow, whether it is held or not, and with null when it is removed. */
  watch(id: number, watcher: (row: FlowRow | null) => void): () => void {
    const set = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, set.add(watcher));
    return () => {
      set.delete(watcher);
      if (set.size === 0) this.watchers.delete(id);
    };
  }

  row(index: number): FlowRow | undefined {
    const position = index + this.hiddenCount;
    return this.pages.get(Math.floor(position / pageSize))?.rows[position % pageSize];
  }

  /** Where a flow is in the list, when its row is held. */
  indexOf(id: number): number | undefined {
    const position = this.positions.get(id);
    return position === undefined || position < this.hiddenCount ? undefined : position - this.hiddenCount;
  }

  find(id: number): FlowRow | undefined {
    const index = this.indexOf(id);
    return index === undefined ? undefined : this.row(index);
  }

  /** Forgets everything and loads the end of the list for this filter. */
  async load(filter: string): Promise<void> {
    this.filterText = filter;
    this.pages.clear();
    this.positions.clear();
    this.count = 0;
    this.maxId = 0;
    this.hiddenCount = 0;
    this.ready = false;
    await this.loadEnd();
  }

  /** Loads the end of the list again and takes all that is held as possibly moved; rows stay visible meanwhile. */
  async resync(): Promise<void> {
    for (const page of this.pages.values()) page.fresh = false;
    await this.loadEnd();
  }

  private async loadEnd(): Promise<void> {
    const generation = ++this.generation;
    this.layout++;
    this.queue = [];
    this.inFlight.clear();
    this.loadError = null;
    this.changed();
    try {
      const probe = await this.loadPage(this.filterText, 0, pageSize);
      if (generation !== this.generation) return;
      let end = probe;
      if (probe.total > probe.flows.length) {
        const offset = Math.floor((probe.total - 1) / pageSize) * pageSize;
        end = await this.loadPage(this.filterText, offset, pageSize);
        if (generation !== this.generation) return;
      }
      this.count = end.offset + end.flows.length;
      this.maxId = end.flows.at(-1)?.id ?? 0;
      this.dropBeyondEnd();
      if (end !== probe) this.store(probe);
      this.store(end);
      this.ready = true;
    } catch (error) {
      if (generation !== this.generation) return;
      this.loadError = error instanceof Error ? error.message : String(error);
    }
    const queued = this.queue ?? [];
    this.queue = null;
    if (this.ready) for (const changes of queued) this.applyNow(changes);
    this.changed();
  }

  /** Takes a batch of deltas (never one with `reset`: that is a new load). */
  apply(batch: readonly Changes[], now = performance.now()): void {
    if (this.queue) {
      this.queue.push(...batch);
      return;
    }
    for (const changes of batch) this.applyNow(changes);
    this.checkTotal(batch.at(-1)?.total ?? this.count, now);
    this.changed();
  }

  /** Totals differ for a moment when a page is ahead of the deltas, but not for long; also when no delta follows. */
  private checkTotal(total: number, now: number): void {
    this.serverTotal = total;
    if (total === this.count) {
      this.differsSince = null;
      clearTimeout(this.recheck);
      this.recheck = undefined;
      return;
    }
    this.differsSince ??= now;
    if (now - this.differsSince >= mismatchMs) {
      this.differsSince = null;
      void this.resync();
      return;
    }
    this.recheck ??= setTimeout(() => {
      this.recheck = undefined;
      if (this.differsSince !== null && !this.queue) this.checkTotal(this.serverTotal, performance.now());
    }, mismatchMs + 1);
  }

  private applyNow(changes: Changes): void {
    const rows = changes.rows.length > 1 ? [...changes.rows].sort((a, b) => a.id - b.id) : changes.rows;
    for (const row of rows) {
      const position = this.positions.get(row.id);
      if (position !== undefined) this.put(position, row);
      else if (row.id > this.maxId) {
        this.maxId = row.id;
        this.put(this.count++, row);
      } else this.insertLate(row);
      this.notify(row.id, row);
    }
    if (changes.removed.length > 0) this.remove(changes);
    if (this.positions.size > maxCachedRows) this.evict();
  }

  /** Puts in a flow that is not held and not the newest, when the rows around its place are held and show that it is missing there. */
  private insertLate(row: FlowRow): void {
    const lateness = this.maxId - row.id;
    if (lateness > maxLateness) return;
    let place = this.count;
    for (let left = lateness; left >= 0 && place > 0; left--) {
      const before = this.at(place - 1);
      if (!before) return;
      if (before.id < row.id) break;
      place--;
    }
    for (let position = this.count++; position > place; position--) {
      const moved = this.at(position - 1);
      if (moved) this.put(position, moved);
    }
    this.put(place, row);
    if (place < this.hiddenCount) this.hiddenCount++;
    this.layout++;
  }

  private remove(changes: Changes): void {
    const gone = new Set<number>();
    for (const id of changes.removed) {
      const position = this.positions.get(id);
      if (position !== undefined) gone.add(position);
      this.notify(id, null);
    }
    const held = [...this.positions.values()].filter((position) => !gone.has(position)).sort((a, b) => a - b);
    const rows = held.map((position) => this.at(position));
    const removedPositions = [...gone].sort((a, b) => a - b);
    this.pages.clear();
    this.positions.clear();
    let shift = 0;
    held.forEach((position, i) => {
      while (shift < removedPositions.length && (removedPositions[shift] ?? 0) < position) shift++;
      const row = rows[i];
      if (row) this.put(position - shift, row);
    });
    this.hiddenCount -= removedPositions.filter((position) => position < this.hiddenCount).length;
    this.count -= gone.size;
    this.layout++;
    for (const page of this.pages.values()) page.fresh = false;
    // A removed flow that was not held may have been before or after those that are: only the server can tell.
    if (gone.size < changes.removed.length && this.count !== changes.total) void this.resync();
  }

  /** Hides all flows that are there now (a clear that can still be undone). */
  hideAll(): void {
    this.hiddenCount = this.count;
    this.changed();
  }

  unhide(): void {
    this.hiddenCount = 0;
    this.changed();
  }

  /** Tells which rows are on screen; pages that are missing there are loaded. */
  ensure(start: number, end: number): void {
    this.wanted = { start: start + this.hiddenCount, end: Math.min(end + this.hiddenCount, this.count) };
    this.loadWanted();
  }

  private loadWanted(): void {
    if (!this.ready || this.queue) return;
    const last = Math.floor((this.wanted.end - 1) / pageSize);
    for (let number = Math.floor(this.wanted.start / pageSize); number <= last; number++) {
      if (this.inFlight.size >= maxPagesInFlight) return;
      if (!this.inFlight.has(number) && this.isMissing(number)) void this.fetchPage(number);
    }
  }

  private isMissing(number: number): boolean {
    const page = this.pages.get(number);
    if (!page?.fresh) return true;
    return page.filled < Math.min(pageSize, this.count - number * pageSize);
  }

  private async fetchPage(number: number): Promise<void> {
    const { generation, layout } = this;
    this.inFlight.add(number);
    try {
      const page = await this.loadPage(this.filterText, number * pageSize, pageSize);
      if (generation !== this.generation) return;
      this.inFlight.delete(number);
      this.loadError = null;
      if (layout === this.layout) this.store(page);
      this.loadWanted();
    } catch (error) {
      if (generation !== this.generation) return;
      // Asked for again when the window moves or something changes, not in a loop.
      this.inFlight.delete(number);
      this.loadError = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  private store(page: FlowPage): void {
    page.flows.forEach((row, i) => {
      const position = page.offset + i;
      // Rows beyond the end come as deltas: appended by id, they keep the count right.
      if (position < this.count) this.put(position, row);
    });
    const stored = this.pages.get(Math.floor(page.offset / pageSize));
    if (stored) stored.fresh = true;
  }

  private at(position: number): FlowRow | undefined {
    return this.pages.get(Math.floor(position / pageSize))?.rows[position % pageSize];
  }

  private put(position: number, row: FlowRow): void {
    const number = Math.floor(position / pageSize);
    let page = this.pages.get(number);
    if (!page) {
      page = { rows: new Array<FlowRow | undefined>(pageSize).fill(undefined), filled: 0, fresh: true };
      this.pages.set(number, page);
    }
    const slot = position % pageSize;
    const held = page.rows[slot];
    if (held?.id === row.id && held.seq >= row.seq) {
      this.positions.set(row.id, position);
      return;
    }
    if (!held) page.filled++;
    else if (held.id !== row.id && this.positions.get(held.id) === position) this.positions.delete(held.id);
    page.rows[slot] = row;
    this.positions.set(row.id, position);
  }

  private dropBeyondEnd(): void {
    for (const [id, position] of this.positions) {
      if (position < this.count) continue;
      const page = this.pages.get(Math.floor(position / pageSize));
      const slot = position % pageSize;
      if (page?.rows[slot]) {
        page.rows[slot] = undefined;
        page.filled--;
      }
      this.positions.delete(id);
    }
  }

  private evict(): void {
    const keep = maxCachedRows / 3;
    const first = Math.floor((this.wanted.start - keep) / pageSize);
    const last = Math.ceil((this.wanted.end + keep) / pageSize);
    for (const [number, page] of this.pages) {
      if (number >= first && number <= last) continue;
      this.pages.delete(number);
      for (const row of page.rows) if (row) this.positions.delete(row.id);
    }
  }

  private notify(id: number, row: FlowRow | null): void {
    const watchers = this.watchers.get(id);
    if (watchers) for (const watcher of [...watchers]) watcher(row);
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}

/**
 * Finds where a flow stands among the `total` flows that match, by asking for single rows: ids grow with the position,
 * and are mostly dense, so that a guess is nearly always right at once. Undefined when it does not match.
 */
export async function locateFlow(
  loadPage: LoadPage,
  filter: string,
  id: number,
  total: number,
): Promise<number | undefined> {
  // Ids grow by at least one per position, so that each row seen bounds the position from both sides.
  let low = { position: -1, id: 0 };
  let high = { position: total, id: Number.POSITIVE_INFINITY };
  while (high.position - low.position > 1) {
    const first = Math.max(low.position + 1, high.position - (high.id - id));
    const last = Math.min(high.position - 1, low.position + (id - low.id));
    if (first > last) return undefined;
    const guess = low.position === -1 ? last : Math.floor((first + last) / 2);
    const row = (await loadPage(filter, guess, 1)).flows[0];
    if (!row) {
      high = { position: guess, id: high.id };
      continue;
    }
    if (row.id === id) return guess;
    if (row.id < id) low = { position: guess, id: row.id };
    else high = { position: guess, id: row.id };
  }
  return undefined;
}
