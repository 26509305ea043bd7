import { type RefObject, useEffect, useRef } from 'react';
import { viewedSession } from '../api/viewed';
import { copyAs, copyBody, copyHeaders } from '../copy/copyFlow';
import { copyFormats } from '../copy/copyFormats';
import { undoLast } from '../notes/deletionToast';
import { markColors } from '../notes/marks';
import { annotate } from '../notes/useNotes';
import { useShortcuts } from '../shell/shortcuts';
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
  toggleWaterfall(): void;
  list: RefObject<FlowListHandle | null>;
  input: RefObject<HTMLInputElement | null>;
}

const isTypingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(input|textarea|select)$/i.test(target.tagName);

const isPressable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, summary, [role="button"]') !== null;

/** Arrows belong to what has the focus, except on the list and where nothing has it. */
function isListFocused(): boolean {
  const element = document.activeElement;
  return element === null || element === document.body || element.closest('[role="grid"]') !== null;
}

export function useTrafficShortcuts({
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
  toggleWaterfall,
  list,
  input,
}: Parts): void {
  const { flowId } = place;
  const onList = (action: () => void) => (event: KeyboardEvent) => {
    if (!isListFocused()) return;
    event.preventDefault();
    action();
  };
  const selected = (action: (id: number) => void) => () => {
    if (flowId !== null) action(flowId);
  };
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

  useShortcuts({
    j: () => actions.move(1),
    k: () => actions.move(-1),
    ArrowDown: onList(() => actions.move(1)),
    ArrowUp: onList(() => actions.move(-1)),
    PageDown: onList(() => actions.move(20)),
    PageUp: onList(() => actions.move(-20)),
    Home: onList(() => actions.moveTo('first')),
    End: onList(() => actions.moveTo('last')),
    'g g': () => actions.moveTo('first'),
    G: () => actions.moveTo('last'),
    Enter: onList(() => {
      if (flowId === null) return;
      actions.open(flowId);
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="flow-details"]')?.focus());
    }),
    Escape: (event) => {
      if (document.querySelector('[data-mantine-shared-portal-node] [role="menu"], [role="dialog"]')) return;
      if (selection.count > 0) {
        event.preventDefault();
        selection.clear();
        return;
      }
      if (flowId === null) return;
      event.preventDefault();
      go({ flowId: null });
      list.current?.focus();
    },
    '/': (event) => {
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    },
    // In the list, find is the filter; beside it, what is found is in the body that is shown.
    'Ctrl+f': (event) => {
      const shown = document.querySelector<HTMLElement>('[data-testid="flow-details"]');
      const find =
        shown?.querySelector<HTMLElement>('[data-testid="response-pane"] [data-testid="find"]') ??
        shown?.querySelector<HTMLElement>('[data-testid="find"]');
      if (isListFocused()) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      } else if (find && shown?.contains(document.activeElement)) {
        event.preventDefault();
        find.click();
      }
    },
    'Ctrl+z': (event) => {
      if (isTypingIn(event.target) || viewedSession !== null) return;
      event.preventDefault();
      void undoLast();
    },
    Delete: () => {
      const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
      if (meant) actions.remove(meant);
      selection.clear();
    },
    'Ctrl+a': (event) => {
      if (isTypingIn(event.target) || !isListFocused()) return;
      event.preventDefault();
      selection.all();
    },
    J: () => extend(1),
    K: () => extend(-1),
    'Shift+ArrowDown': onList(() => extend(1)),
    'Shift+ArrowUp': onList(() => extend(-1)),
    ...Object.fromEntries(
      ['', ...markColors].map((marker, key) => [
        String(key),
        () => {
          const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
          if (meant) void annotate(meant, { marker });
        },
      ]),
    ),
    s: () => {
      const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
      const row = flowId === null ? undefined : session.list.find(flowId);
      if (meant) void annotate(meant, { pinned: selection.count > 0 || !row?.pinned });
    },
    m: selected((id) => {
      actions.open(id);
      go({ tab: 'notes' });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-testid="comment"]')?.focus());
    }),
    'Ctrl+Shift+x': (event) => {
      event.preventDefault();
      clear();
    },
    // Space presses what has the focus, where that can be pressed.
    ' ': (event) => {
      if (!isListFocused() || isPressable(event.target) || viewedSession !== null) return;
      event.preventDefault();
      if (!event.repeat) toggleRecording();
    },
    '\\': nextLayout,
    t: toggleOutline,
    w: toggleWaterfall,
    '[': step(-1),
    ']': step(1),
    ...Object.fromEntries(
      [...copyFormats.map(({ format, key }) => [`c ${key}`, format] as const), ['y', 'url'] as const].map(
        ([key, format]) => [
          key,
          () => {
            const meant = toSelection(selection.chosen, selection.count > 0 ? null : flowId);
            if (meant) void copyAs(format, meant);
          },
        ],
      ),
    ),
    d: compare.next,
    'c b': selected((id) => void copyBody(id, 'response')),
    'c h': selected((id) => void copyHeaders(id, 'response')),
  });
}
