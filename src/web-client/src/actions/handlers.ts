import { useEffect, useRef } from 'react';
import { type ActionId, actions, type Screen } from './actions';

/**
 * Does an action; the event is missing when it was not asked for by its keys. Returns false when the press is not meant
 * for it, so that it goes on to others.
 */
export type ActionHandler = (event?: KeyboardEvent) => unknown;
export type ActionHandlers = Partial<Record<ActionId, ActionHandler | undefined>>;

/** Of the parts of the page that are there, in the order in which they came. */
const present: { current: ActionHandlers }[] = [];
/** An action that waits for its screen. */
let awaited: ActionId | null = null;

/** What does the action now, the newest part of the page first. */
export const handlersOf = (id: ActionId): ActionHandler[] =>
  present.flatMap(({ current }) => current[id] ?? []).reverse();

/** Does what a press of the action's keys asks for. Returns false when nothing took it. */
export const pressAction = (id: ActionId, event: KeyboardEvent): boolean =>
  handlersOf(id).some((handler) => handler(event) !== false);

/** The screen that is not the one shown, but where the action can be done without more; null when there is none. */
export function screenFor(id: ActionId, shown: Screen): Screen | null {
  const { at, needsFlow } = actions[id];
  return at === undefined || at === 'body' || at === shown || needsFlow ? null : at;
}

/** Does an action, after going to its screen where that is needed. */
export function runAction(id: ActionId, shown: Screen, goTo: (screen: Screen) => void): void {
  awaited = null;
  const handlers = handlersOf(id);
  if (handlers.length > 0) {
    handlers.some((handler) => handler() !== false);
    return;
  }
  const screen = screenFor(id, shown);
  if (!screen) return;
  awaited = id;
  goTo(screen);
}

/** What this part of the page does when it is asked for an action, as long as it is there. */
export function useActions(handlers: ActionHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    present.push(latest);
    return () => {
      present.splice(present.indexOf(latest), 1);
    };
  }, []);
  useEffect(() => {
    latest.current = handlers;
    const id = awaited;
    const handler = id === null ? undefined : handlers[id];
    if (!handler) return;
    awaited = null;
    handler();
  });
}
