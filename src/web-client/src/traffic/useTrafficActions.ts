import { type RefObject, useEffect, useRef } from 'react';
import { isListFocused, isPressable } from '../actions/focus';
import { type ActionHandler, type ActionHandlers, useActions } from '../actions/handlers';
import type { NotesChange } from '../api/types';
import { viewedSession, withSession } from '../api/viewed';
import { copyAs, copyBody, copyHeaders } from '../copy/copyFlow';
import { copyFormats } from '../copy/copyFormats';
import { markColors } from '../notes/marks';
import { annotate } from '../notes/useNotes';
import type { FlowListHandle } from './FlowList';
import { detailTabs, type Place } from './location';
import { toSelection } from './selection';
import type { TrafficSession } from './trafficSession';
import type { Compare } from './useCompare';
import type { RowActions } from './useRowActions';
import type { Selection } from './useSelection';

interface Parts {
  session: TrafficSession;
  place: Place;
  go(change: Partial<Place>): void;
  actions: RowActions;
  compare: Compare;
  selection: Selection;
  clear(): void;
  toggleRecording(): void;
  nextLayout(): void;
  toggleOutline(): void;
  chooseColumns(): void;
  toggleWaterfall(): void;
  list: RefObject<FlowListHandle | null>;
  input: RefObject<HTMLInputElement | null>;
}

/** Done to a key only where the list has the focus; to anything else that asks for it, always. */
const onList =
  (action: () => void): ActionHandler =>
  (event) => {
    if (event && !isListFocused()) return false;
    action();
    return true;
  };

/** What can be done with the list and its flows, for keys and the palette. */
export function useTrafficActions({
  session,
  place,
  go,
  actions,
  compare,
  selection,
  clear,
  toggleRecording,
  nextLayout,
  toggleOutline,
  chooseColumns,
  toggleWaterfall,
  list,
  input,
}: Parts): void {
  const { flowId } = place;
  const step = (by: number) => () => {
    const wide = document.querySelector('[data-testid="flow-details"]')?.getAttribute('data-wide') === 'true';
    const tabs = detailTabs.filter(
      (tab) => !(wide && tab === 'request') && !(tab === 'diff' && place.compare === null),
    );
    const now = tabs.indexOf(wide && place.tab === 'request' ? 'response' : place.tab);
    const tab = tabs[Math.min(Math.max(now + by, 0), tabs.length - 1)];
    if (flowId !== null && tab) go({ tab });
  };

  const extend = (by: number) => {
    if (flowId !== null) selection.extend(flowId);
    actions.move(by);
    extending.current = true;
  };
  // The flow that the selection has moved to is chosen as well.
  const extending = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per move.
  useEffect(() => {
    if (extending.current && flowId !== null) selection.extend(flowId);
    extending.current = false;
  }, [flowId]);

  // Arrows, Home and End are of the list alone; letters are the list's wherever the focus is.
  const isElsewhere = (event: KeyboardEvent | undefined) =>
    event !== undefined && event.key.length > 1 && !isListFocused();
  const move = (by: number, event: KeyboardEvent | undefined) => {
    if (isElsewhere(event)) return false;
    actions.move(by);
    return true;
  };
  const moveTo = (end: 'first' | 'last', event: KeyboardEvent | undefined) => {
    if (isElsewhere(event)) return false;
    actions.moveTo(end);
    return true;
  };
  const annotateMeant = (change: Partial<NotesChange>) => {
    const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
    if (meant) void annotate(meant, change);
  };
  const focusLater = (testId: string) =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-testid="${testId}"]`)?.focus());
  const markers = Object.fromEntries(
    ['none' as const, ...markColors].map((color) => [
      `mark.${color}`,
      () => annotateMeant({ marker: color === 'none' ? '' : color }),
    ]),
  );

  const copies = Object.fromEntries(
    copyFormats.map(({ format }) => [
      `copy.${format}`,
      () => {
        const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
        if (meant) void copyAs(format, meant);
      },
    ]),
  );

  const ofChosen: ActionHandlers = {
    ...markers,
    ...copies,
    compare: compare.next,
    pin: () => {
      const row = flowId === null ? undefined : session.list.find(flowId);
      annotateMeant({ pinned: selection.count > 0 || !row?.pinned });
    },
    delete: () => {
      const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
      if (meant) actions.remove(meant);
      selection.clear();
    },
  };
  const ofShown = (id: number): ActionHandlers => ({
    open: onList(() => {
      actions.open(id);
      focusLater('flow-details');
    }),
    extendDown: onList(() => extend(1)),
    extendUp: onList(() => extend(-1)),
    'tab.previous': step(-1),
    'tab.next': step(1),
    comment: () => {
      actions.open(id);
      go({ tab: 'notes' });
      focusLater('comment');
    },
    'copy.body': () => void copyBody(id, 'response'),
    'copy.headers': () => void copyHeaders(id, 'response'),
    // Beside the body as well, in the rest of the details.
    'body.find': (event) => {
      const shown = document.querySelector<HTMLElement>('[data-testid="flow-details"]');
      const find =
        shown?.querySelector<HTMLElement>('[data-testid="response-pane"] [data-testid="find"]') ??
        shown?.querySelector<HTMLElement>('[data-testid="find"]');
      if (!find || (event && !shown?.contains(document.activeElement))) return false;
      find.click();
      return true;
    },
    onlyHost: () => {
      const row = session.list.find(id);
      if (row) go({ filter: row.host });
    },
    newTab: () => window.open(withSession(`/flow/${id}/${place.tab}`), '_blank', 'noopener'),
  });

  useActions({
    next: (event) => move(1, event),
    previous: (event) => move(-1, event),
    pageDown: onList(() => actions.move(20)),
    pageUp: onList(() => actions.move(-20)),
    first: (event) => moveTo('first', event),
    last: (event) => moveTo('last', event),
    selectAll: onList(selection.all),
    leave: () => {
      if (document.querySelector('[data-mantine-shared-portal-node] [role="menu"], [role="dialog"]')) return false;
      if (selection.count > 0) selection.clear();
      else if (flowId === null) return false;
      else {
        go({ flowId: null });
        list.current?.focus();
      }
      return true;
    },
    layout: nextLayout,
    outline: toggleOutline,
    columns: chooseColumns,
    waterfall: toggleWaterfall,
    clear: viewedSession === null ? clear : undefined,
    // Space presses what has the focus, where that can be pressed.
    record:
      viewedSession === null
        ? (event) => {
            if (event && (!isListFocused() || isPressable(event.target))) return false;
            if (!event?.repeat) toggleRecording();
            return true;
          }
        : undefined,
    'filter.focus': (event) => {
      // The browser's own search stays what it is beside the list, which it could not search.
      if (event && (event.ctrlKey || event.metaKey) && !isListFocused()) return false;
      input.current?.focus();
      input.current?.select();
      return true;
    },
    'filter.clear': place.filter === '' ? undefined : () => go({ filter: '' }),
    ...(flowId !== null || selection.count > 0 ? ofChosen : {}),
    ...(flowId !== null ? ofShown(flowId) : {}),
  });
}
