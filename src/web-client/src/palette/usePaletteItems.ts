import { useEffect, useMemo, useState } from 'react';
import { type ActionId, actionIds, actions, actionTitle, type Screen } from '../actions/actions';
import { handlersOf, runAction, screenFor } from '../actions/handlers';
import { getSessions } from '../api/rest';
import type { StoredSession } from '../api/types';
import { withSession } from '../api/viewed';
import { useFilterHistory } from '../saved/filterHistory';
import { useSavedFilters } from '../saved/useSavedFilters';
import { viewTerm } from '../saved/viewTerm';
import { en } from '../strings/en';
import { fuzzyMatch } from './fuzzy';

/** One line of the palette. */
export interface PaletteItem {
  key: string;
  group: string;
  title: string;
  /** Code beside the title: what a saved filter says. */
  code?: string;
  action?: ActionId;
  /** Why it cannot be done now, or what there is to know; in words. */
  note?: string | undefined;
  isDisabled?: boolean;
  run(): void;
}

export interface FoundItem {
  item: PaletteItem;
  /** Which characters of the title were found. */
  at: readonly number[];
}

interface Parts {
  screen: Screen;
  goTo(screen: Screen): void;
  onFilter(filter: string): void;
}

const text = en.palette;

/** An action, with the reason when it cannot be done. */
function actionItem(id: ActionId, { screen, goTo }: Parts): PaletteItem {
  const { group, at, needsFlow } = actions[id];
  const isPossible = handlersOf(id).length > 0 || screenFor(id, screen) !== null;
  const why = needsFlow ? text.needsFlow : at === undefined || at === screen ? text.notNow : text.onlyAt[at];
  return {
    key: id,
    group: en.actions.groups[group],
    title: actionTitle(id),
    action: id,
    note: isPossible ? undefined : why,
    isDisabled: !isPossible,
    run: () => runAction(id, screen, goTo),
  };
}

/** Sessions that can be looked at; undefined while they are not known. */
function useStoredSessions(): readonly StoredSession[] {
  const [sessions, setSessions] = useState<readonly StoredSession[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    getSessions(abort.signal).then(
      (list) => setSessions(list.sessions),
      () => {
        // MitmWeb is away: the palette goes on without the sessions.
      },
    );
    return () => abort.abort();
  }, []);
  return sessions;
}

const isReadable = ({ state }: StoredSession): boolean =>
  state === 'stored' || state === 'inUse' || state === 'finishing' || state === 'live';

/** Everything that the palette can do, in groups. */
export function usePaletteItems(parts: Parts): readonly PaletteItem[] {
  const { views } = useSavedFilters();
  const [history] = useFilterHistory();
  const sessions = useStoredSessions();
  const { onFilter } = parts;
  // What can be done is what can be done when the palette opens: it is over everything else.
  const [ofActions] = useState(() => actionIds.filter((id) => id !== 'palette').map((id) => actionItem(id, parts)));
  return useMemo(
    () => [
      ...ofActions,
      ...views.map((view) => ({
        key: `view ${view.name}`,
        group: text.group.view,
        title: view.name,
        code: view.filter,
        note: view.error ?? undefined,
        run: () => onFilter(viewTerm(view.name)),
      })),
      ...history.map((filter) => ({
        key: `filter ${filter}`,
        group: text.group.history,
        title: filter,
        run: () => onFilter(filter),
      })),
      ...sessions.filter(isReadable).map((session) => ({
        key: `session ${session.key}`,
        group: text.group.session,
        title: session.name,
        note: session.state === 'live' ? text.live : undefined,
        // With a load of the page: everything in it belongs to one session.
        run: () => window.location.assign(session.state === 'live' ? '/' : withSession('/', session.key)),
      })),
    ],
    [ofActions, views, history, sessions, onFilter],
  );
}

const disabledCost = 1000;

/** The items that have what was written, the best first; all of them, in their groups, when nothing was. */
export function findItems(items: readonly PaletteItem[], wanted: string): FoundItem[] {
  if (wanted.trim() === '') {
    return items.filter((item) => !item.isDisabled).map((item) => ({ item, at: [] }));
  }
  return items
    .flatMap((item) => {
      const inTitle = fuzzyMatch(wanted, item.title);
      const match = inTitle ?? (item.code === undefined ? null : fuzzyMatch(wanted, item.code));
      if (!match) return [];
      const score = match.score - (item.isDisabled ? disabledCost : 0);
      return [{ item, at: inTitle?.at ?? [], score }];
    })
    .sort((a, b) => b.score - a.score);
}
