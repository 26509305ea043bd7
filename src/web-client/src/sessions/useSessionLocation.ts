import { useCallback } from 'react';
import type { BaseLocationHook } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';
import { withSession } from '../api/viewed';

/** Where in the dashboard this tab is. Wherever it goes, its address says which session it looks at. */
export const useSessionLocation: BaseLocationHook = () => {
  const [path, navigate] = useBrowserLocation();
  const go = useCallback(
    (to: string, options?: Parameters<typeof navigate>[1]) => navigate(withSession(to), options),
    [navigate],
  );
  return [path, go];
};
