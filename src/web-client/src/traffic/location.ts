import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export const detailTabs = ['request', 'response', 'timing', 'connection', 'insights', 'diff', 'notes'] as const;
export type DetailTab = (typeof detailTabs)[number];

export interface Place {
  flowId: number | null;
  tab: DetailTab;
  /** The flow that the shown one is compared with. */
  compare: number | null;
  filter: string;
  /** The column to sort by as the API names it, `-` before it for descending; empty for the order of arrival. */
  sort: string;
}

const isTab = (text: string | undefined): text is DetailTab => detailTabs.some((tab) => tab === text);

export function parsePlace(path: string, search: string): Place {
  const query = new URLSearchParams(search);
  const match = /^\/flow\/(\d+)(?:\/([a-z]+))?\/?$/.exec(path);
  const other = query.get('with') ?? '';
  const compare = match && /^\d{1,15}$/.test(other) ? Number(other) : null;
  const tab = isTab(match?.[2]) ? match[2] : 'response';
  return {
    flowId: match ? Number(match[1]) : null,
    tab: tab === 'diff' && compare === null ? 'response' : tab,
    compare,
    filter: query.get('q') ?? '',
    sort: query.get('sort') ?? '',
  };
}

export function placePath(place: Place): string {
  const path = place.flowId === null ? '/' : `/flow/${place.flowId}/${place.tab}`;
  const query = new URLSearchParams();
  if (place.filter) query.set('q', place.filter);
  if (place.sort) query.set('sort', place.sort);
  if (place.flowId !== null && place.compare !== null) query.set('with', String(place.compare));
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Where in the traffic this tab is, as the address says, and a way to go elsewhere. */
export function usePlace(): [Place, (change: Partial<Place>) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const place = useMemo(() => parsePlace(path, search), [path, search]);
  const go = useCallback(
    (change: Partial<Place>) => {
      const now = parsePlace(window.location.pathname, window.location.search);
      const next = { ...now, ...change };
      // Moving from flow to flow is not a step to come back to; opening and closing is.
      const replace = (now.flowId === null) === (next.flowId === null);
      navigate(placePath(next), { replace });
    },
    [navigate],
  );
  return [place, go];
}
