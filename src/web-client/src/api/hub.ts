import { HttpError, type HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';
import { reportSignedOut } from './rest';
import type {
  OpenAnswer,
  OpenRequest,
  OutlineMessage,
  ProxyState,
  SavedFilters,
  ViewMessage,
  WindowRequest,
} from './types';
import { withSession } from './viewed';

export type HubStatus =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** The connection is lost; the next try is at `retryAt` (milliseconds of Date.now), or under way when null. */
  | { kind: 'lost'; retryAt: number | null };

export interface HubHandlers {
  /** Connected (again): open the view now. */
  connected(): Promise<void>;
  view(message: ViewMessage): void;
  outline(message: OutlineMessage): void;
  state(state: ProxyState): void;
}

const retryDelaysMs = [500, 1000, 2000, 3000, 5000, 8000];

export const retryDelay = (attempt: number): number =>
  retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] ?? 8000;

/** The one place that talks to the hub: keeps a connection, counts down to the next try, and tells who listens. */
export class HubClient {
  private readonly connection: HubConnection;
  private readonly listeners = new Set<() => void>();
  private status: HubStatus = { kind: 'connecting' };
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly handlers: HubHandlers,
    url = withSession('/hub'),
  ) {
    this.connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build();
    this.connection.on('view', (message: ViewMessage) => this.handlers.view(message));
    this.connection.on('outline', (message: OutlineMessage) => this.handlers.outline(message));
    this.connection.on('state', (state: ProxyState) => this.handlers.state(state));
    this.connection.onclose(() => this.retryLater());
  }

  getStatus = (): HubStatus => this.status;

  onStatus = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back when somebody has changed the saved filters. */
  onSavedFilters = (listener: (saved: SavedFilters) => void): (() => void) => {
    this.connection.on('savedFilters', listener);
    return () => this.connection.off('savedFilters', listener);
  };

  /** Makes this tab's view; what is in it comes as messages. */
  open(request: OpenRequest): Promise<OpenAnswer> {
    return this.connection.invoke<OpenAnswer>('open', request);
  }

  /** Says which rows to hold from now on; they come as a message. */
  look(window: WindowRequest): void {
    if (!this.isLive) return;
    this.connection.send('look', window).catch(() => {
      // The connection broke: the window is part of opening the view again.
    });
  }

  /** Asks for the session's outline with these hosts and paths open; null ends it. */
  outline(paths: readonly string[] | null): void {
    if (!this.isLive) return;
    this.connection.send('outline', paths && { paths }).catch(() => {
      // The connection broke: it is asked for again with the next one.
    });
  }

  /** Where a flow stands in the view; null when it does not match. */
  locate(view: string, id: number): Promise<number | null> {
    return this.connection.invoke<number | null>('locate', view, id);
  }

  /** Which flow stands at a position of the view. */
  at(view: string, position: number): Promise<number | null> {
    return this.connection.invoke<number | null>('at', view, position);
  }

  get isLive(): boolean {
    return this.connection.state === HubConnectionState.Connected;
  }

  start(): void {
    this.stopped = false;
    if (this.connection.state === HubConnectionState.Disconnected) void this.connect();
  }

  /** Tries again at once instead of waiting for the countdown. */
  retryNow = (): void => {
    if (this.status.kind !== 'lost' || this.status.retryAt === null) return;
    clearTimeout(this.timer);
    void this.connect();
  };

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.connection.stop();
  }

  private async connect(): Promise<void> {
    if (this.status.kind === 'lost') this.setStatus({ kind: 'lost', retryAt: null });
    try {
      await this.connection.start();
      if (this.stopped) return;
      await this.handlers.connected();
      this.attempt = 0;
      this.setStatus({ kind: 'live' });
    } catch (error) {
      if (isUnauthorized(error)) {
        reportSignedOut();
        return;
      }
      if (this.connection.state === HubConnectionState.Connected) {
        // Connected, but the view could not be opened: start over (onclose plans the next try).
        await this.connection.stop();
        return;
      }
      this.retryLater();
    }
  }

  private retryLater(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const delay = retryDelay(this.attempt++);
    this.timer = setTimeout(() => void this.connect(), delay);
    this.setStatus({ kind: 'lost', retryAt: Date.now() + delay });
  }

  private setStatus(status: HubStatus): void {
    this.status = status;
    for (const listener of this.listeners) listener();
  }
}

function isUnauthorized(error: unknown): boolean {
  if (error instanceof HttpError) return error.statusCode === 401;
  // Failed negotiations arrive wrapped in an error that only keeps the text.
  return error instanceof Error && /\b401\b/.test(error.message);
}
