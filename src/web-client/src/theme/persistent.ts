import { useCallback, useSyncExternalStore } from 'react';

const prefix = 'mitmweb.';
const cache = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();

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
  for (const listener of listeners.get(key) ?? []) listener();
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
