import { useMediaQuery } from '@mantine/hooks';
import { useEffect } from 'react';
import { usePersistent } from './persistent';

export const contrasts = ['auto', 'normal', 'high'] as const;
export type Contrast = (typeof contrasts)[number];

/** What was chosen, and a way to choose. */
export const useContrast = (): [Contrast, (contrast: Contrast) => void] => usePersistent<Contrast>('contrast', 'auto');

/** Whether the high contrast is on, chosen or by the system. */
export function useIsHighContrast(): boolean {
  const [contrast] = useContrast();
  const system = useMediaQuery('(prefers-contrast: more)', false, { getInitialValueInEffect: false });
  return contrast === 'high' || (contrast === 'auto' && system === true);
}

/** Gives the tokens their contrast; theme.js does the same before the first paint. Once per page. */
export function useContrastAttribute(): void {
  const isHigh = useIsHighContrast();
  useEffect(() => {
    document.documentElement.toggleAttribute('data-high-contrast', isHigh);
  }, [isHigh]);
}
