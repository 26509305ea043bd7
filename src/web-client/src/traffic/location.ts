import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export const detailTabs = ['request', 'response', 'timing', 'connection', 'notes'] as const;
export type DetailTab = (typeof detailTabs)[number];

export interface Place {
  flowId: number | null;
  tab: DetailTab;
  filter: string;
}

const isTab = (text: string | undefined): text is DetailTab => detailTabs.some((tab) => tab === text);

export function parsePlace(path: string, search: string): Place {
  const match = /^\/flow\/(\d+)(?:\/([a-z]+))?\/?$/.exec(path);
  return {
    flowId: match ? Number(match[1]) : null,
    tab: isTab(match?.[2]) ? match[2] : 'response',
    filter: new URLSearchParams(search).get('q') ?? '',
  };
}

export function placePath(place: Place): string {
  const path = place.flowId === null ? '/' : `/flow/${place.flowId}/${place.tab}`;
  return place.filter ? `${path}?${new URLSearchParams({ q: place.filter })}` : path;
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
