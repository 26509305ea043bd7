import { type RefObject, useEffect, useRef } from 'react';
import type { FlowSelection } from '../api/types';
import { preload } from '../details/preload';
import { remove } from '../notes/useNotes';
import type { FlowListHandle } from './FlowList';
import type { Place } from './location';
import type { Layout } from './TrafficPage';
import type { TrafficSession } from './trafficSession';

export interface RowActions {
  /** Shows a flow, or closes it when it is the one that is shown. */
  toggle(id: number): void;
  open(id: number): void;
  /** Moves the selection by some rows. */
  move(by: number): void;
  moveTo(end: 'first' | 'last'): void;
  /** Deletes flows; when the one that is shown is among them, the next takes its place. */
  remove(selection: FlowSelection): void;
}

interface Parts {
  session: TrafficSession;
  place: Place;
  go(change: Partial<Place>): void;
  list: RefObject<FlowListHandle | null>;
  layout: Layout;
  setLayout(layout: Layout): void;
}

export function useRowActions({ session, place, go, list, layout, setLayout }: Parts): RowActions {
  const selected = place.flowId;
  /** Where the selection is, kept while its row is not held any more. */
  const lastIndex = useRef<number | undefined>(undefined);
  const known = selected === null ? undefined : session.list.indexOf(selected);
  if (known !== undefined) lastIndex.current = known;

  // A flow that was opened by its address, a new filter, or a new order: find its row and bring it into view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only for the first flow of an address, and per view.
  useEffect(() => {
    if (selected === null) return;
    let wanted = true;
    const reveal = async () => {
      if (!session.list.isReady || session.filter !== place.filter || session.sort !== place.sort) return;
      stop();
      const index = session.list.indexOf(selected) ?? (await session.locate(selected).catch(() => undefined));
      if (!wanted || index === undefined) return;
      lastIndex.current = index;
      // The list has to be drawn with its rows first.
      requestAnimationFrame(() => list.current?.reveal(index, true));
    };
    const stop = session.list.onChange(() => void reveal());
    void reveal();
    return () => {
      wanted = false;
      stop();
    };
  }, [session, place.filter, place.sort]);

  const choose = (id: number) => {
    preload(session.list.find(id), place.tab === 'response');
    go({ flowId: id });
  };

  const show = (index: number, id: number) => {
    lastIndex.current = index;
    if (layout === 'list') go({ flowId: id });
    else choose(id);
    list.current?.reveal(index);
  };

  const goTo = async (index: number) => {
    const id = await session.idAt(index).catch(() => undefined);
    if (id !== undefined) show(index, id);
  };

  const move = async (by: number) => {
    const { total } = session.list;
    if (total === 0) return;
    if (selected === null) {
      const seen = list.current?.seen() ?? { first: 0, last: total - 1 };
      return goTo(by > 0 ? seen.first : seen.last);
    }
    const index =
      session.list.indexOf(selected) ?? (await session.locate(selected).catch(() => undefined)) ?? lastIndex.current;
    const target = Math.min(Math.max((index ?? 0) + by, 0), total - 1);
    if (target !== index) await goTo(target);
  };

  return {
    toggle: (id) => {
      if (id === selected && layout !== 'list') go({ flowId: null });
      else if (layout === 'list') go({ flowId: id });
      else choose(id);
    },
    open: (id) => {
      if (layout === 'list') setLayout('right');
      choose(id);
    },
    move: (by) => void move(by),
    moveTo: (end) => {
      if (end === 'last') list.current?.follow();
      if (selected === null) {
        if (end === 'first') list.current?.reveal(0);
      } else if (session.list.total > 0) void goTo(end === 'first' ? 0 : session.list.total - 1);
    },
    remove: (selection) => {
      const id = selected !== null && (selection.ids?.includes(selected) ?? true) ? selected : null;
      const index = (id === null ? undefined : session.list.indexOf(id)) ?? lastIndex.current ?? 0;
      const next =
        selection.ids?.length === 1
          ? (session.list.row(index + 1)?.id ?? session.list.row(index - 1)?.id ?? null)
          : null;
      void remove(selection).then((ok) => {
        if (ok && id !== null) go({ flowId: next });
      });
    },
  };
}
