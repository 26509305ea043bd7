import { HubClient } from '../api/hub';
import { getSession, getState, onSignedOut } from '../api/rest';
import type { OpenAnswer, ProxyState, SessionInfo, ViewMessage, WindowRequest } from '../api/types';
import { viewedSession } from '../api/viewed';
import { FlowListModel } from './flowListModel';
import { OutlineModel } from './outlineModel';

/** The hub pushes the state about this often while something changes. */
const statePushMs = 1000;
/** How often the state is asked for while the hub is away. */
const statePollMs = 10_000;

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
  private readonly listeners = new Set<() => void>();
  private filterText = '';
  private sortText = '';
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

  /** All flows of the session, whatever the filter. */
  get allFlows(): number {
    const own = this.viewed?.kind === 'session' ? this.viewed.session : undefined;
    const known = (viewedSession === null ? this.proxyState?.session.flows : own?.flows) ?? 0;
    return this.filterText === '' && this.list.isReady ? this.list.total : Math.max(known, this.list.total);
  }

  setView(filter: string, sort: string): void {
    if (this.opened && filter === this.filterText && sort === this.sortText) return;
    this.filterText = filter;
    this.sortText = sort;
    this.reopen();
  }

  /** Lists the same filter anew, because what it stands for has changed, or after it failed. */
  refilter = (): void => this.reopen();

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
    let answer: OpenAnswer;
    try {
      answer = await this.hub.open({
        view: window.view,
        filter: this.filterText,
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
  }

  private take(message: ViewMessage): void {
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
