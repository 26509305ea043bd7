import { HubClient } from '../api/hub';
import { deleteFlowsUpTo, getFlows, getNewestId, getSession, getState, onSignedOut } from '../api/rest';
import type { Changes, ProxyState, SessionInfo, SubscribeAnswer } from '../api/types';
import { viewedSession } from '../api/viewed';
import { FlowListModel, locateFlow } from './flowListModel';

/** The hub pushes the state about this often while something changes. */
const statePushMs = 1000;
/** How often the state is asked for while the hub is away. */
const statePollMs = 10_000;
const hiddenTabMs = 250;
export const undoMs = 6000;

interface Sample {
  at: number;
  flows: number;
}

/** The stored session that this tab looks at, or why it cannot. */
export type Viewed = { kind: 'session'; session: SessionInfo } | { kind: 'failed'; reason: string };

/** Everything that is live in this tab: the hub, the list, the state of the proxy. */
export class TrafficSession {
  readonly list = new FlowListModel(getFlows);
  readonly hub: HubClient;
  private proxyState: ProxyState | null = null;
  private isSignedOut = false;
  private perSecond = 0;
  private lastSample: Sample | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private clearing: { timer: ReturnType<typeof setTimeout>; count: number; upTo: Promise<number> } | null = null;
  private readonly listeners = new Set<() => void>();
  private filterText = '';
  private session: string | null = null;
  private seq = 0;
  /** Counts subscriptions, so that an answer that comes too late is known. */
  private subscription = 0;
  private accepting = false;
  private batch: Changes[] = [];
  private scheduled: { frame: number; timer: number } | null = null;
  private poll: number | undefined;
  private viewed: Viewed | null = null;

  constructor() {
    this.hub = new HubClient({
      connected: () => this.resubscribe(),
      changes: (changes) => this.take(changes),
      state: (state) => this.setState(state),
    });
    onSignedOut(() => {
      this.isSignedOut = true;
      this.changed();
    });
  }

  start(): void {
    this.hub.start();
    void this.refreshState();
    void this.loadViewed();
    // Who clears and leaves means it.
    window.addEventListener('pagehide', this.finishClear);
    this.poll ??= window.setInterval(() => {
      if (!document.hidden && !this.hub.isLive) void this.refreshState();
    }, statePollMs);
  }

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): ProxyState | null => this.proxyState;
  getViewed = (): Viewed | null => this.viewed;
  getRate = (): number => this.perSecond;
  getSignedOut = (): boolean => this.isSignedOut;
  getClearing = (): number | null => this.clearing?.count ?? null;

  /** All flows of the session, whatever the filter. */
  get allFlows(): number {
    const own = this.viewed?.kind === 'session' ? this.viewed.session : undefined;
    const known = (viewedSession === null ? this.proxyState?.session.flows : own?.flows) ?? 0;
    if (this.clearing) return this.list.total;
    return this.list.filter === '' && this.list.isReady ? this.list.total : Math.max(known, this.list.total);
  }

  setFilter(filter: string): void {
    if (filter === this.filterText) return;
    this.finishClear();
    this.filterText = filter;
    this.session = null;
    if (this.hub.isLive) {
      void this.resubscribe().catch(() => {
        // The connection broke: subscribing again comes with the next one.
      });
    } else void this.list.load(filter);
  }

  get filter(): string {
    return this.filterText;
  }

  locate(id: number): Promise<number | undefined> {
    return locateFlow(getFlows, this.list.filter, id, this.list.total);
  }

  /** The id of the flow at an index, asked from the server when its row is not held. */
  async idAt(index: number): Promise<number | undefined> {
    const row = this.list.row(index) ?? (await getFlows(this.list.filter, index, 1)).flows[0];
    return row?.id;
  }

  /** Hides all flows now and deletes them after a while, unless it is undone. Flows that arrive meanwhile stay. */
  clear(): void {
    if (this.clearing || this.list.total === 0 || viewedSession !== null) return;
    const count = this.allFlows;
    // Behind a filter there may be newer flows than the list knows.
    const upTo = this.list.filter === '' ? Promise.resolve(this.list.lastId) : getNewestId();
    upTo.catch(() => {});
    this.list.hideAll();
    this.clearing = { count, upTo, timer: setTimeout(() => this.finishClear(), undoMs) };
    this.changed();
  }

  undoClear = (): void => {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    this.clearing = null;
    this.list.unhide();
    this.changed();
  };

  finishClear = (): void => {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    const { upTo } = this.clearing;
    this.clearing = null;
    this.changed();
    upTo.then(deleteFlowsUpTo).catch(() => this.list.unhide());
  };

  private async resubscribe(): Promise<void> {
    const mine = ++this.subscription;
    void this.refreshState();
    const goesOn = this.session !== null;
    // Deltas of an earlier filter must not get into the list; those that follow a known seq must.
    this.accepting = goesOn;
    const filter = this.filterText;
    let answer: SubscribeAnswer;
    try {
      answer = await this.hub.subscribe({ filter, since: goesOn ? this.seq : null, session: this.session });
    } catch (error) {
      if (!this.hub.isLive) throw error;
      // The hub is there, but not with this filter (an old link, an expression that takes too long): the list says why.
      if (mine === this.subscription) void this.list.load(filter);
      return;
    }
    if (mine !== this.subscription) return;
    const anew = !goesOn || answer.reset || answer.session !== this.session;
    this.session = answer.session;
    this.accepting = true;
    if (anew) {
      this.seq = answer.seq;
      this.batch = [];
      this.forgetClear();
      void this.list.load(this.filterText);
    }
  }

  /** What is listed now is not what was to be cleared. */
  private forgetClear(): void {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    this.clearing = null;
    this.changed();
  }

  private take(changes: Changes): void {
    if (!this.accepting) return;
    if (changes.seq > this.seq || changes.reset) this.seq = changes.seq;
    if (changes.reset) {
      this.batch = [];
      this.forgetClear();
      void this.list.load(this.filterText);
      return;
    }
    this.batch.push(changes);
    this.applySoon();
  }

  private applySoon(): void {
    if (this.scheduled) return;
    const apply = () => {
      if (!this.scheduled) return;
      cancelAnimationFrame(this.scheduled.frame);
      clearTimeout(this.scheduled.timer);
      this.scheduled = null;
      const batch = this.batch;
      this.batch = [];
      if (batch.length > 0) this.list.apply(batch);
    };
    // Frames stop in a hidden tab, where deltas would pile up without the timer.
    this.scheduled = { frame: requestAnimationFrame(apply), timer: window.setTimeout(apply, hiddenTabMs) };
  }

  private async refreshState(): Promise<void> {
    try {
      this.setState(await getState());
    } catch {
      // The hub's status already tells that the proxy is away.
    }
  }

  private async loadViewed(): Promise<void> {
    if (viewedSession === null) return;
    try {
      this.viewed = { kind: 'session', session: await getSession() };
    } catch (error) {
      this.viewed = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
    this.changed();
  }

  private setState(state: ProxyState): void {
    const now = performance.now();
    const flows = state.session.flows;
    const last = this.lastSample;
    if (!last || now - last.at > 900 || flows < last.flows) {
      if (last && flows >= last.flows) {
        // After a silence the change is new: it did not take all that time.
        const since = now - last.at > 2 * statePushMs ? statePushMs : now - last.at;
        this.perSecond = ((flows - last.flows) * 1000) / since;
      } else this.perSecond = 0;
      this.lastSample = { at: now, flows };
    }
    // Nothing is pushed while nothing changes.
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      this.perSecond = 0;
      this.changed();
    }, 1.5 * statePushMs);
    this.proxyState = state;
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
