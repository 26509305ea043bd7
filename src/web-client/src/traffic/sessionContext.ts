import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { ProxyState } from '../api/types';
import type { TrafficSession } from './trafficSession';

export const SessionContext = createContext<TrafficSession | null>(null);

export function useSession(): TrafficSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('There is no session around this component.');
  return session;
}

export function useProxyState(): ProxyState | null {
  const session = useSession();
  return useSyncExternalStore(session.onChange, session.getState);
}

/** Renders again with each change of the list (once per frame at most). */
export function useListVersion(): number {
  const { list } = useSession();
  return useSyncExternalStore(list.onChange, list.getVersion);
}

/** A value of the list for display, at most some times per second. */
export function useSampled<T>(read: () => T, everyMs: number): T {
  const { list, onChange } = useSession();
  const [value, setValue] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setValue(read);
      }, everyMs);
    };
    setValue(read);
    const stops = [list.onChange(update), onChange(update)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [list, onChange, read, everyMs]);
  return value;
}
