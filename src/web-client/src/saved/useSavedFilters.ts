import { useEffect, useSyncExternalStore } from 'react';
import { getSavedFilters } from '../api/rest';
import type { SavedFilters } from '../api/types';
import { useSession } from '../traffic/sessionContext';

const nothing: SavedFilters = { views: [], highlights: [], problem: null };
let known = nothing;
const listeners = new Set<() => void>();

function learn(saved: SavedFilters): void {
  known = saved;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The views and highlights that all dashboards share, kept up to date. */
export const useSavedFilters = (): SavedFilters => useSyncExternalStore(subscribe, () => known);

/** Keeps them up to date; once per page. */
export function useSavedFiltersFeed(): void {
  const session = useSession();
  const { hub } = session;
  useEffect(() => {
    const load = () => void getSavedFilters().then(learn, () => {});
    load();
    let wasLive = hub.isLive;
    const stops = [
      hub.onSavedFilters((saved) => {
        learn(saved);
        if (/\bview\s*(:|!?=)/i.test(session.filter)) session.refilter();
      }),
      hub.onStatus(() => {
        const isLive = hub.getStatus().kind === 'live';
        if (isLive && !wasLive) load();
        wasLive = isLive;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [hub, session]);
}
