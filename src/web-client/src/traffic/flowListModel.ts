import type { FlowRow, ViewMessage, WindowRequest } from '../api/types';

/** Rows that are asked for beyond those on screen, at each side. */
const margin = 40;
const minRows = 60;
/** While the end is followed nobody scrolls, and all of the window is new each time. */
const followMargin = 10;

export interface Shown {
  start: number;
  end: number;
  /** Whether the end of the list is to stay in view. */
  follow: boolean;
  /** The flow that is to stay where it is on screen. */
  anchor: number | null;
  /** The headers that there are columns for. */
  headers?: readonly string[];
}

type Watcher = (row: FlowRow | null | undefined) => void;

/**
 * The flows of a view (a filter and an order) that the server holds for this tab. Here is only a window of it: the rows on screen and some
 * more. Messages say how the window is now, as a whole, so that there is nothing to get out of step with.
 */
export class FlowListModel {
  private viewName = '';
  private rows = new Map<number, FlowRow>();
  private ids: readonly number[] = [];
  private places: Map<number, number> | null = null;
  private start = 0;
  private count = 0;
  private newestId = 0;
  private seqSeen = 0;
  private ready = false;
  private share: number | null = null;
  private loadError: string | null = null;
  private shown: Shown = { start: 0, end: 0, follow: true, anchor: null };
  private sent: WindowRequest | null = null;
  private answered = 0;
  private requests = 0;
  private version = 0;
  private listeners = new Set<() => void>();
  private watchers = new Map<number, Set<Watcher>>();

  constructor(private readonly look: (window: WindowRequest) => void) {}

  /** The name of the view, new for each. */
  get view(): string {
    return this.viewName;
  }

  /** Number of flows that match. */
  get total(): number {
    return this.count;
  }

  /** False until the first answer of the server for this view; meanwhile the rows of the one before are there. */
  get isReady(): boolean {
    return this.ready;
  }

  /** How much of the session the server has looked at, 0 to 1, while it takes long; else null. */
  get progress(): number | null {
    return this.share;
  }

  get error(): string | null {
    return this.loadError;
  }

  /** The greatest id that matches. */
  get lastId(): number {
    return this.newestId;
  }

  /** The change of the session that the view is at. */
  get seq(): number {
    return this.seqSeen;
  }

  getVersion = (): number => this.version;

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back with each new state of one flow, with null when it is removed, and with undefined when that is not known. */
  watch(id: number, watcher: Watcher): () => void {
    const set = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, set.add(watcher));
    this.askAgain();
    return () => {
      set.delete(watcher);
      if (set.size === 0) this.watchers.delete(id);
    };
  }

  row(index: number): FlowRow | undefined {
    const id = this.ids[index - this.start];
    return id === undefined ? undefined : this.rows.get(id);
  }

  /** Where a flow is in the list, when it is in the window. */
  indexOf(id: number): number | undefined {
    this.places ??= new Map(this.ids.map((held, i) => [held, i]));
    const place = this.places.get(id);
    return place === undefined ? undefined : this.start + place;
  }

  find(id: number): FlowRow | undefined {
    return this.rows.get(id);
  }

  /** Begins another view, that the session opens with the window that this gives. */
  begin(): WindowRequest {
    this.viewName = crypto.randomUUID();
    this.ready = false;
    this.share = null;
    this.loadError = null;
    this.shown = { start: 0, end: 0, follow: true, anchor: null, headers: this.shown.headers ?? [] };
    this.answered = this.requests;
    this.changed();
    return this.nextWindow();
  }

  /** The window to go on with after the connection broke. */
  resume(): WindowRequest {
    this.answered = this.requests;
    return this.nextWindow();
  }

  /** Shows nothing until the next message. */
  empty(): void {
    this.rows.clear();
    this.setIds([]);
    this.start = 0;
    this.count = 0;
    this.changed();
  }

  /** The view cannot be opened, or is not kept up any more. */
  fail(message: string): void {
    this.loadError = message;
    this.share = null;
    if (!this.ready) {
      this.rows.clear();
      this.setIds([]);
      this.count = 0;
    }
    this.changed();
  }

  take(message: ViewMessage): void {
    if (message.view !== this.viewName) return;
    if (message.error !== null) {
      this.fail(message.error);
      return;
    }
    if (message.progress !== null) {
      this.share = message.progress;
      this.changed();
      return;
    }
    this.share = null;
    this.loadError = null;
    this.ready = true;
    this.answered = Math.max(this.answered, message.window);
    this.count = message.total;
    this.newestId = message.lastId;
    this.seqSeen = Math.max(this.seqSeen, message.seq);
    this.start = message.start;
    if (message.ids) {
      const held = this.rows;
      this.rows = new Map();
      for (const row of message.rows) this.rows.set(row.id, row);
      for (const id of message.ids) {
        const row = this.rows.has(id) ? undefined : held.get(id);
        if (row) this.rows.set(id, row);
      }
      this.setIds(message.ids);
    } else for (const row of message.rows) this.rows.set(row.id, row);
    this.tell(message);
    this.askAgain();
    this.changed();
  }

  /** Tells what is on screen; when the window does not hold that, another one is asked for. */
  ensure(shown: Shown): void {
    this.shown = shown;
    this.askAgain();
  }

  private askAgain(): void {
    if (!this.ready || this.answered < this.requests || !this.isOutdated()) return;
    this.look(this.nextWindow());
  }

  private isOutdated(): boolean {
    const { sent, shown } = this;
    if (sent?.view !== this.viewName || sent.follow !== shown.follow || sent.watched !== this.watched) return true;
    if ((sent.headers ?? []).join() !== (shown.headers ?? []).join()) return true;
    if (shown.anchor === null ? sent.anchor !== null : sent.anchor === null) return true;
    if (shown.follow) return shown.end - shown.start > sent.count;
    // Half of the margin may be used up before it is filled again.
    const from = Math.max(0, shown.start - margin / 2);
    const to = Math.min(this.count, shown.end + margin / 2);
    return from < this.start || to > this.start + this.ids.length;
  }

  private get watched(): number | null {
    return this.watchers.keys().next().value ?? null;
  }

  private nextWindow(): WindowRequest {
    const { shown } = this;
    const rows = Math.max(minRows, shown.end - shown.start);
    const around = shown.follow ? followMargin : margin;
    const anchorAt = shown.anchor === null ? undefined : this.indexOf(shown.anchor);
    this.sent = {
      view: this.viewName,
      number: ++this.requests,
      start: Math.max(0, shown.start - around),
      count: rows + 2 * around,
      follow: shown.follow,
      anchor: anchorAt === undefined ? null : shown.anchor,
      anchorAt: anchorAt ?? 0,
      watched: this.watched,
      headers: shown.headers && shown.headers.length > 0 ? [...shown.headers] : null,
    };
    return this.sent;
  }

  private setIds(ids: readonly number[]): void {
    this.ids = ids;
    this.places = null;
  }

  private tell(message: ViewMessage): void {
    if (this.watchers.size === 0) return;
    for (const row of message.rows) this.notify(row.id, row);
    for (const row of message.watched) this.notify(row.id, row);
    if (message.watchedGone && this.watched !== null) this.notify(this.watched, null);
    if (message.anew) for (const id of [...this.watchers.keys()]) this.notify(id, undefined);
  }

  private notify(id: number, row: FlowRow | null | undefined): void {
    const watchers = this.watchers.get(id);
    if (watchers) for (const watcher of [...watchers]) watcher(row);
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
