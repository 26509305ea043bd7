import { type ActionId, actionIds, actions } from './actions';
import { type KeyChoices, keysOf } from './bindings';
import { isPlain, pressesOf } from './keys';

/** How long the second press of two may take, in milliseconds. */
const sequenceMs = 1200;

/** Where a press happens. */
export interface PressPlace {
  inField: boolean;
  overDialog: boolean;
}

/** Understands presses one after another. */
export class KeyReader {
  private readonly bySequence = new Map<string, ActionId[]>();
  private readonly beginnings = new Set<string>();
  private first: { press: string; at: number } | null = null;

  constructor(choices: KeyChoices) {
    for (const id of actionIds) {
      for (const keys of keysOf(choices, id)) {
        this.bySequence.set(keys, [...(this.bySequence.get(keys) ?? []), id]);
        const [first, second] = pressesOf(keys);
        if (first !== undefined && second !== undefined) this.beginnings.add(first);
      }
    }
  }

  /** The actions that a press asks for, `at` being its time in milliseconds; mostly one or none. */
  read(press: string, at: number, place: PressPlace): ActionId[] {
    const before = this.first && at - this.first.at < sequenceMs ? this.first.press : null;
    this.first = null;
    const isWriting = place.inField && isPlain(press);
    const counts = (id: ActionId) =>
      (!place.inField || (actions[id].inFields && !isWriting)) && (!place.overDialog || actions[id].overDialogs);
    const pair = before === null ? [] : (this.bySequence.get(`${before} ${press}`) ?? []).filter(counts);
    const found = pair.length > 0 ? pair : (this.bySequence.get(press) ?? []).filter(counts);
    if (found.length === 0 && !isWriting && !place.overDialog && this.beginnings.has(press)) {
      this.first = { press, at };
    }
    return found;
  }
}
