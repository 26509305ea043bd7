import type { FlowSelection } from '../api/types';

/** Several flows that are chosen together: some by their ids, or all that matched a filter at some moment. */
export type Chosen =
  | { kind: 'ids'; ids: ReadonlySet<number> }
  | { kind: 'all'; filter: string; upTo: number; total: number };

export const nothingChosen: Chosen = { kind: 'ids', ids: new Set() };

export const chosenCount = (chosen: Chosen): number => (chosen.kind === 'ids' ? chosen.ids.size : chosen.total);

/** Whether a flow in the list is chosen; for "all" the list must still show the same filter. */
export const isChosen = (chosen: Chosen, id: number, filter: string): boolean =>
  chosen.kind === 'ids' ? chosen.ids.has(id) : chosen.filter === filter && id <= chosen.upTo;

/** One flow in or out; `shown` is the flow whose details are open, which counts as chosen when a second one is added. */
export function toggled(chosen: Chosen, id: number, shown: number | null): Chosen {
  const ids = new Set(chosen.kind === 'ids' ? chosen.ids : []);
  if (ids.size === 0 && shown !== null && shown !== id) ids.add(shown);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'ids', ids };
}

export const added = (chosen: Chosen, ids: Iterable<number>): Chosen => ({
  kind: 'ids',
  ids: new Set([...(chosen.kind === 'ids' ? chosen.ids : []), ...ids]),
});

/** What the API is told: the chosen flows, else the one that is meant, else nothing. */
export function toSelection(chosen: Chosen, one: number | null): FlowSelection | null {
  if (chosen.kind === 'all') return { ids: null, filter: chosen.filter, upTo: chosen.upTo };
  if (chosen.ids.size > 0 && (one === null || chosen.ids.has(one)))
    return { ids: [...chosen.ids], filter: null, upTo: null };
  return one === null ? null : { ids: [one], filter: null, upTo: null };
}
