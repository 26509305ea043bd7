import { notifications } from '@mantine/notifications';
import { useRef } from 'react';
import { en } from '../strings/en';
import type { Place } from './location';
import type { Selection } from './useSelection';

interface Parts {
  place: Place;
  go(change: Partial<Place>): void;
  selection: Selection;
  open(id: number): void;
}

export interface Compare {
  /** Compares the two flows that are chosen, and says how to choose them when they are not two. */
  two(): void;
  /** The key for it: compares the two that are chosen, else keeps the flow that is shown for the next press on another. */
  next(): void;
  /** What comparing would be for a row. */
  offered(id: number): { label: string; run(): void } | null;
}

/** Which two flows are compared. */
export function useCompare({ place, go, selection, open }: Parts): Compare {
  const kept = useRef<number | null>(null);
  const { chosen } = selection;
  const pair =
    chosen.kind === 'ids' && chosen.ids.size === 2 ? [...chosen.ids].sort((one, other) => one - other) : null;
  const compare = (left: number, right: number) => {
    kept.current = null;
    notifications.hide('compare');
    open(right);
    go({ compare: left, tab: 'diff' });
  };
  const tell = (message: string) => {
    notifications.hide('compare');
    notifications.show({ id: 'compare', message, autoClose: 5000 });
  };
  const two = () => {
    const [left, right] = pair ?? [];
    if (left !== undefined && right !== undefined) {
      selection.clear();
      compare(left, right);
    } else tell(en.diff.oneOnly);
  };
  return {
    two,
    next: () => {
      const id = place.flowId;
      if (pair || selection.count > 0 || id === null) two();
      else if (kept.current !== null && kept.current !== id) compare(kept.current, id);
      else {
        kept.current = id;
        tell(en.diff.kept(id));
      }
    },
    offered: (id) => {
      if (pair?.includes(id)) return { label: en.diff.compareTwo, run: two };
      const shown = place.flowId;
      return selection.count === 0 && shown !== null && shown !== id
        ? { label: en.diff.compareWith(shown), run: () => compare(shown, id) }
        : null;
    },
  };
}
