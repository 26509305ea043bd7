import { type ActionDefinition, type ActionId, actionIds, actions, isActionId } from './actions';
import { isShortcut, ownerOf, pressesOf } from './keys';

/** The keys of the actions for which somebody chose others; an empty list is none. */
export type KeyChoices = Readonly<Partial<Record<ActionId, readonly string[]>>>;

/** Another action that has the keys. */
export interface Clash {
  action: ActionId;
  /** Its keys, which are the same, begin the same way, or are the beginning. */
  keys: string;
}

/** What is kept may be of another version, or damaged: what is not understood counts as not chosen. */
export function validChoices(kept: unknown): KeyChoices {
  if (typeof kept !== 'object' || kept === null) return {};
  const valid = Object.entries(kept).filter(
    ([id, keys]) => isActionId(id) && Array.isArray(keys) && keys.every((key) => isShortcut(key) && !ownerOfKeys(key)),
  );
  return Object.fromEntries(valid);
}

export const keysOf = (choices: KeyChoices, id: ActionId): readonly string[] => choices[id] ?? actions[id].keys;

export const isChanged = (choices: KeyChoices, id: ActionId): boolean => choices[id] !== undefined;

/** Who keeps one of the presses for itself. */
export function ownerOfKeys(keys: string): 'browser' | 'editing' | null {
  for (const press of pressesOf(keys)) {
    const owner = ownerOf(press);
    if (owner) return owner;
  }
  return null;
}

/** Whether one would keep the other from being reached: the same, or the beginning of it. */
const hides = (a: string, b: string): boolean => {
  const [one, two] = [pressesOf(a), pressesOf(b)];
  return [...one.keys()].slice(0, two.length).every((at) => one[at] === two[at]);
};

const canMeet = (a: ActionDefinition, b: ActionDefinition): boolean =>
  a.at === undefined || b.at === undefined || a.at === b.at;

/** Which other actions have one of these keys where this action can be done. */
export function clashesOf(choices: KeyChoices, id: ActionId, keys: readonly string[]): Clash[] {
  const others = actionIds.filter((other) => other !== id && canMeet(actions[other], actions[id]));
  return others.flatMap((action) =>
    keysOf(choices, action)
      .filter((theirs) => keys.some((ours) => hides(ours, theirs)))
      .map((theirs) => ({ action, keys: theirs })),
  );
}

const isDefault = (id: ActionId, keys: readonly string[]): boolean => keys.join('\n') === actions[id].keys.join('\n');

function withKeys(choices: KeyChoices, id: ActionId, keys: readonly string[]): KeyChoices {
  const { [id]: _, ...others } = choices;
  return isDefault(id, keys) ? others : { ...others, [id]: keys };
}

/** Gives an action these keys, and takes them from those that have them. */
export function rebound(choices: KeyChoices, id: ActionId, keys: readonly string[]): KeyChoices {
  let result = choices;
  for (const clash of clashesOf(choices, id, keys)) {
    const left = keysOf(result, clash.action).filter((theirs) => theirs !== clash.keys);
    result = withKeys(result, clash.action, left);
  }
  return withKeys(result, id, [...new Set(keys)]);
}
