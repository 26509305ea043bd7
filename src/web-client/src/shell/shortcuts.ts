import { useEffect, useRef } from 'react';

export type ShortcutHandlers = Record<string, (event: KeyboardEvent) => void>;

const sequenceMs = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

/** The name of a key press: "j", "G", "Ctrl+Shift+x", "Escape". Cmd counts as Ctrl. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const control = event.ctrlKey || event.metaKey;
  const key = control && event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Shift is part of a printed character already ("?", "G").
  const shift = event.shiftKey && (control || event.key.length > 1);
  return `${control ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

/**
 * Keys for the whole window: "j", "Ctrl+Shift+x", or two in a row, "g g". Plain keys are off while typing, and keys that
 * something else took (preventDefault) are left alone.
 */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = keyName(event);
      if (isTyping(event.target) && !name.startsWith('Ctrl+')) return;
      const all = latest.current;
      const pair = first && event.timeStamp - first.at < sequenceMs ? `${first.key} ${name}` : null;
      first = null;
      const handler = (pair && all[pair]) || all[name];
      if (handler) {
        handler(event);
        return;
      }
      if (Object.keys(all).some((key) => key.startsWith(`${name} `))) first = { key: name, at: event.timeStamp };
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
