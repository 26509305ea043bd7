import { useCallback, useSyncExternalStore } from 'react';

const prefix = 'mitmweb.';
const cache = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();
const keptListeners = new Set<() => void>();

function read<T>(key: string, fallback: T): T {
  if (!cache.has(key)) {
    let value: unknown = fallback;
    try {
      const text = localStorage.getItem(prefix + key);
      if (text !== null) value = JSON.parse(text);
    } catch {
      // Storage switched off or broken: the setting lives as long as the page.
    }
    cache.set(key, value);
  }
  return cache.get(key) as T;
}

function write(key: string, value: unknown): void {
  cache.set(key, value);
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // As above.
  }
  changed(key);
}

function changed(key: string): void {
  for (const listener of listeners.get(key) ?? []) listener();
  for (const listener of keptListeners) listener();
}

/** The keys of the settings that this browser keeps, in their order and with blanks between them. */
function keptKeys(): string {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    return names
      .map((name) => name.slice(prefix.length))
      .sort()
      .join(' ');
  } catch {
    return '';
  }
}

const onKept = (listener: () => void) => {
  keptListeners.add(listener);
  return () => keptListeners.delete(listener);
};

/** Which settings this browser keeps. */
export function useKeptKeys(): readonly string[] {
  const keys = useSyncExternalStore(onKept, keptKeys);
  return keys === '' ? [] : keys.split(' ');
}

/** Sets these settings back to what they are in the beginning. */
export function forget(keys: readonly string[]): void {
  for (const key of keys) {
    cache.delete(key);
    try {
      localStorage.removeItem(prefix + key);
    } catch {
      // As above.
    }
  }
  for (const key of keys) changed(key);
}

/** A setting of this browser. `fallback` must be a constant. */
export function usePersistent<T>(key: string, fallback: T): [T, (value: T) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => set.delete(listener);
    },
    [key],
  );
  const value = useSyncExternalStore(subscribe, () => read(key, fallback));
  const set = useCallback((next: T) => write(key, next), [key]);
  return [value, set];
}
