import type { Header } from '../../api/types';

export interface HeaderPair {
  name: string;
  /** Null where the message does not have it. */
  left: string | null;
  right: string | null;
}

/** The headers of two messages beside each other, by their names; in the order of the left one, then what the right one has alone. */
export function alignHeaders(left: readonly Header[], right: readonly Header[]): HeaderPair[] {
  const rest = right.map(([name, value]) => ({ name, value, taken: false }));
  const take = (name: string, value?: string) => {
    const found = rest.find(
      (one) =>
        !one.taken && one.name.toLowerCase() === name.toLowerCase() && (value === undefined || one.value === value),
    );
    if (found) found.taken = true;
    return found;
  };
  // Equal values of a name that comes several times belong together, whatever the order.
  const equal = left.map(([name, value]) => take(name, value));
  const pairs = left.map(([name, value], i): HeaderPair => {
    const other = equal[i] ?? take(name);
    return { name, left: value, right: other?.value ?? null };
  });
  for (const { name, value, taken } of rest) if (!taken) pairs.push({ name, left: null, right: value });
  return pairs;
}
