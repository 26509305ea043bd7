import type { ActionId } from './actions';
import { keysText } from './keys';
import { useKeysOf } from './useKeysOf';

interface Props {
  of: ActionId;
  className?: string | undefined;
}

/** The first of the keys that an action has now; nothing when it has none. */
export function Keys({ of, className }: Props) {
  const [first] = useKeysOf(of);
  return first === undefined ? null : <kbd className={className}>{keysText(first)}</kbd>;
}
