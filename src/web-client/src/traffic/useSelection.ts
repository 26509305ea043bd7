import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react';
import { getNewestId } from '../api/rest';
import { tried } from '../shell/tried';
import { added, type Chosen, chosenCount, isChosen, nothingChosen, toggled } from './selection';
import type { TrafficSession } from './trafficSession';

/** The most rows that one Shift+click takes; more are chosen with Ctrl+A and a filter. */
const maxRange = 2000;

export interface Selection {
  chosen: Chosen;
  count: number;
  has(id: number): boolean;
  /** Takes a click with Ctrl or Shift. Returns false for any other. */
  click(id: number, event: MouseEvent): boolean;
  all(): void;
  extend(id: number): void;
  clear(): void;
}

export function useSelection(session: TrafficSession, filter: string, shown: number | null): Selection {
  const [chosen, setChosen] = useState<Chosen>(nothingChosen);
  const anchor = useRef<number | null>(null);
  if (shown !== null && chosenCount(chosen) === 0) anchor.current = shown;

  // Flows that are gone are no longer chosen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter is a new list.
  useEffect(() => setChosen((now) => (now.kind === 'all' ? nothingChosen : now)), [filter]);

  const range = async (to: number) => {
    const { list } = session;
    const [from, end] = [list.indexOf(anchor.current ?? to) ?? list.indexOf(to), list.indexOf(to)];
    if (from === undefined || end === undefined) return;
    const [first, last] = [Math.min(from, end), Math.min(Math.max(from, end), Math.min(from, end) + maxRange - 1)];
    const ids: number[] = [];
    for (let index = first; index <= last; index++) {
      const id = list.row(index)?.id ?? (await session.idAt(index).catch(() => undefined));
      if (id !== undefined) ids.push(id);
    }
    setChosen((now) => added(now, ids));
  };

  return {
    chosen,
    count: chosenCount(chosen),
    has: (id) => isChosen(chosen, id, filter),
    click: (id, event) => {
      if (event.shiftKey) void range(id);
      else if (event.ctrlKey || event.metaKey) {
        setChosen((now) => toggled(now, id, shown));
        anchor.current = id;
      } else return false;
      return true;
    },
    all: () => {
      const { total } = session.list;
      if (total > 0) void tried(getNewestId().then((upTo) => setChosen({ kind: 'all', filter, upTo, total })));
    },
    extend: (id) => setChosen((now) => added(now, [id, ...(shown === null ? [] : [shown])])),
    clear: useCallback(() => setChosen(nothingChosen), []),
  };
}
