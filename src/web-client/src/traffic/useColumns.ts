import { useMemo } from 'react';
import { usePersistent } from '../theme/persistent';
import { type Column, chosenColumns, defaultColumns } from './columns';

/** Which columns this browser's lists have, in which order. */
export function useColumns(): [readonly Column[], (choice: readonly string[]) => void] {
  const [choice, setChoice] = usePersistent<readonly string[]>('chosenColumns', defaultColumns);
  return [useMemo(() => chosenColumns(choice), [choice]), setChoice];
}
