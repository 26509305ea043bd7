import { HubClient } from '../api/hub';
import { deleteFlowsUpTo, getNewestId, getSession, getState, onSignedOut } from '../api/rest';
import type { OpenAnswer, ProxyState, SessionInfo, ViewMessage, WindowRequest } from '../api/types';
import { viewedSession } from '../api/viewed';
import { FlowListModel } from './flowListModel';
import { OutlineModel } from './outlineModel';

/** The hub pushes the state about this often while something changes. */
const statePushMs = 1000;
/** How often the state is asked for while the hub is away. */
const statePollMs = 10_000;
export const undoMs = 6000;

interface Sample {
  at: number;
  flows: number;
}

/** The stored session that this tab looks at, or why it cannot. */
export type Viewed = { kind: 'session'; session: SessionInfo } | { kind: 'failed'; reason: string };

/** What the hub said was wrong, without what SignalR puts before it. */
const plainReason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^.*HubException: /s, '');

/** Everything that is live in this tab: the hub, the list, the state of the proxy. */
export class TrafficSession {
  readonly hub: HubClient;
  readonly list: FlowListModel;
  readonly outline: OutlineModel;
  private proxyState: ProxyState | null = null;
  private isSignedOut = false;
  private perSecond = 0;
  private lastSample: Sample | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private clearing: { timer: ReturnType<typeof setTimeout>; count: number; upTo: Promise<number> } | null = null;
  private readonly listeners = new Set<() => void>();
  private filterText = '';
  private sortText = '';
  private hiddenUpTo = 0;
  private opened = false;
  private session: string | null = null;
  private poll: number | undefined;
  private viewed: Viewed | null = null;

  constructor() {
    this.hub = new HubClient({
      connected: () => this.reconnected(),
      view: (message) => this.take(message),
      outline: (message) => this.outline.take(message),
      state: (state) => this.setState(state),
    });
    this.outline = new OutlineModel((paths) => this.hub.outline(paths));
    this.list = new FlowListModel((window) => this.hub.look(window));
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
    return this.filterText === '' && this.list.isReady ? this.list.total : Math.max(known, this.list.total);
  }

  setView(filter: string, sort: string): void {
    if (this.opened && filter === this.filterText && sort === this.sortText) return;
    this.finishClear();
    this.filterText = filter;
    this.sortText = sort;
    this.hiddenUpTo = 0;
    this.reopen();
  }

  /** Asks for the view once more, after it failed. */
  retry = (): void => this.reopen();

  get filter(): string {
    return this.filterText;
  }

  get sort(): string {
    return this.sortText;
  }

  /** Where a flow stands in the list; undefined when it does not match. */
  async locate(id: number): Promise<number | undefined> {
    return this.list.indexOf(id) ?? (await this.hub.locate(this.list.view, id)) ?? undefined;
  }

  /** The id of the flow at an index, asked from the server when its row is not held. */
  async idAt(index: number): Promise<number | undefined> {
    return this.list.row(index)?.id ?? (await this.hub.at(this.list.view, index)) ?? undefined;
  }

  /** Hides all flows now and deletes them after a while, unless it is undone. Flows that arrive meanwhile stay. */
  clear(): void {
    if (this.clearing || this.list.total === 0 || viewedSession !== null) return;
    const count = this.allFlows;
    // Behind a filter there may be newer flows than the list knows.
    const upTo = this.filterText === '' ? Promise.resolve(this.list.lastId) : getNewestId();
    const clearing = { count, upTo, timer: setTimeout(() => this.finishClear(), undoMs) };
    this.clearing = clearing;
    // What is shown before is not told any more.
    this.list.begin();
    this.list.empty();
    upTo.then(
      (id) => {
        if (this.clearing === clearing) this.showAfter(id);
      },
      () => {
        if (this.clearing === clearing) this.undoClear();
      },
    );
    this.changed();
  }

  undoClear = (): void => {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    this.clearing = null;
    this.showAfter(0);
    this.changed();
  };

  finishClear = (): void => {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    const { upTo } = this.clearing;
    this.clearing = null;
    this.changed();
    const showAll = () => {
      if (this.hiddenUpTo > 0 || !this.list.isReady) this.showAfter(0);
    };
    upTo.then(deleteFlowsUpTo).then(showAll, showAll);
  };

  /** Shows only flows after an id, besides what the filter says. */
  private showAfter(id: number): void {
    this.hiddenUpTo = id;
    this.reopen();
  }

  private reopen(): void {
    this.opened = true;
    const window = this.list.begin();
    // Without a connection, opening comes with the next one.
    if (!this.hub.isLive) return;
    this.open(window, null).catch(() => {});
  }

  private async reconnected(): Promise<void> {
    void this.refreshState();
    this.outline.reconnected();
    if (!this.opened) this.list.begin();
    this.opened = true;
    await this.open(this.list.resume(), this.list.isReady ? this.list.seq : null);
  }

  private async open(window: WindowRequest, since: number | null): Promise<void> {
    const own = this.filterText;
    const filter = this.hiddenUpTo === 0 ? own : `id>${this.hiddenUpTo}${own.trim() === '' ? '' : ` (${own})`}`;
    let answer: OpenAnswer;
    try {
      answer = await this.hub.open({
        view: window.view,
        filter,
        sort: this.sortText,
        window,
        since,
        session: since === null ? null : this.session,
      });
    } catch (error) {
      if (!this.hub.isLive) throw error;
      // The hub is there, but not with this filter (an old link): the list says why.
      if (window.view === this.list.view) this.list.fail(plainReason(error));
      return;
    }
    this.session = answer.session;
    if (answer.reset) this.forgetClear();
  }

  /** What is listed now is not what was to be cleared. */
  private forgetClear(): void {
    if (!this.clearing) return;
    clearTimeout(this.clearing.timer);
    this.clearing = null;
    this.showAfter(0);
    this.changed();
  }

  private take(message: ViewMessage): void {
    if (message.anew && message.view === this.list.view) this.forgetClear();
    this.list.take(message);
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
