import { useMemo } from 'react';
import { usePersistent } from '../theme/persistent';
import { type KeyChoices, validChoices } from './bindings';

const none: unknown = {};

/** Which keys were chosen in this browser, and a way to choose others. */
export function useKeyChoices(): [KeyChoices, (choices: KeyChoices) => void] {
  const [kept, keep] = usePersistent<unknown>('shortcuts', none);
  return [useMemo(() => validChoices(kept), [kept]), keep];
}
