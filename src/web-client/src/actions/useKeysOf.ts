import type { ActionId } from './actions';
import { keysOf } from './bindings';
import { type KeyPress, keyName } from './keys';
import { useKeyChoices } from './useKeyChoices';

/** The keys that an action has now. */
export const useKeysOf = (id: ActionId): readonly string[] => keysOf(useKeyChoices()[0], id);

/** For keys of one part of the page, which takes them itself: whether a press is one of the action's. */
export function useIsPressed(id: ActionId): (press: KeyPress) => boolean {
  const keys = useKeysOf(id);
  return (press) => {
    const name = keyName(press);
    return name !== null && keys.includes(name);
  };
}
