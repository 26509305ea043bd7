import type { OutlineEntry, OutlineMessage } from '../api/types';

export type OutlineName = 'hosts' | 'clients' | 'types';

export interface OutlineList {
  /** In the order of their names, so that counting does not move them. */
  entries: readonly OutlineEntry[];
  moreNames: number;
  moreFlows: number;
}

interface Held {
  byName: Map<string, OutlineEntry>;
  list: OutlineList;
}

const nameOrder = new Intl.Collator('en', { numeric: true });

/** The session counted by host and path, client, and media type, as far as it is shown; kept up by what the server tells. */
export class OutlineModel {
  private lists = new Map<string, Held>();
  private openPaths = new Set<string>();
  private isShown = false;
  private failure: string | null = null;
  private version = 0;
  private listeners = new Set<() => void>();

  constructor(private readonly ask: (paths: readonly string[] | null) => void) {}

  getVersion = (): number => this.version;

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Why it is not kept up at present, or null. */
  get error(): string | null {
    return this.failure;
  }

  /** A list, or undefined while it is not known. */
  list(name: OutlineName): OutlineList | undefined {
    return this.lists.get(`${name} `)?.list;
  }

  /** What is below a host or a path of it (`api.example.com/v1`). */
  below(path: string): OutlineList | undefined {
    return this.lists.get(`paths ${path}`)?.list;
  }

  isOpen(path: string): boolean {
    return this.openPaths.has(path);
  }

  /** Begins to be told. */
  show(): () => void {
    this.isShown = true;
    this.ask([...this.openPaths]);
    return () => {
      this.isShown = false;
      this.lists.clear();
      this.ask(null);
    };
  }

  toggle(path: string): void {
    if (this.openPaths.delete(path)) {
      // What is below is closed as well.
      for (const open of this.openPaths) if (open.startsWith(`${path}/`)) this.openPaths.delete(open);
      for (const name of this.lists.keys())
        if (name.startsWith('paths ') && !this.openPaths.has(name.slice(6))) this.lists.delete(name);
    } else this.openPaths.add(path);
    if (this.isShown) this.ask([...this.openPaths]);
    this.changed();
  }

  /** A new connection knows nothing of what this tab holds. */
  reconnected(): void {
    if (this.isShown) this.ask([...this.openPaths]);
  }

  take(message: OutlineMessage): void {
    if (!this.isShown) return;
    this.failure = message.error;
    for (const change of message.lists) {
      if (change.list === 'paths' && !this.openPaths.has(change.path)) continue;
      const name = `${change.list} ${change.path}`;
      const byName = change.whole ? new Map<string, OutlineEntry>() : (this.lists.get(name)?.byName ?? new Map());
      for (const gone of change.gone) byName.delete(gone);
      for (const entry of change.entries) byName.set(entry.name, entry);
      const entries = [...byName.values()].sort((a, b) => nameOrder.compare(a.name, b.name));
      this.lists.set(name, {
        byName,
        list: { entries, moreNames: change.moreNames, moreFlows: change.moreFlows },
      });
    }
    this.changed();
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
