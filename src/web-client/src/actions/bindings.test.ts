import { describe, expect, it } from 'vitest';
import { type ActionId, actionGroups, actionIds, actions, actionTitle, screens } from './actions';
import { clashesOf, isChanged, keysOf, ownerOfKeys, rebound, validChoices } from './bindings';
import { isPlain, isShortcut, pressesOf } from './keys';

describe('the registry', () => {
  it.each(actionIds)('%s has a name, a group, and keys that it can have', (id) => {
    expect(actionTitle(id)).toMatch(/\S/);
    expect(actionGroups).toContain(actions[id].group);
    for (const keys of actions[id].keys) {
      expect(isShortcut(keys)).toBe(true);
      expect(ownerOfKeys(keys)).toBeNull();
    }
  });
  it('has no name twice', () => expect(new Set(actionIds.map(actionTitle)).size).toBe(actionIds.length));
  it.each(actionIds)('%s shares its keys with no other', (id) =>
    expect(clashesOf({}, id, actions[id].keys)).toEqual([]),
  );
  it('leads to every screen by its number', () =>
    expect(screens.map((screen) => actions[`go.${screen}`].keys)).toEqual(screens.map((_, at) => [`Alt+${at + 1}`])));
  it('has no single keys for what counts while typing', () => {
    const inFields = actionIds.filter((id) => actions[id].inFields).flatMap((id) => actions[id].keys);
    expect(inFields.flatMap(pressesOf).filter(isPlain)).toEqual([]);
  });
});

describe('clashesOf', () => {
  const names = (id: ActionId, keys: string) => clashesOf({}, id, [keys]).map((clash) => clash.action);
  it('finds the same keys', () => expect(names('pin', 't')).toEqual(['outline']));
  it('finds keys that the new ones would hide', () => expect(names('pin', 'g')).toEqual(['first']));
  it('finds keys that would hide the new ones', () => expect(names('pin', 't x')).toEqual(['outline']));
  it('finds none with another end', () => expect(names('pin', 'c x')).toEqual([]));
  it('finds none on another screen', () => {
    expect(names('sql.run', 't')).toEqual([]);
    expect(names('sheet', 'Ctrl+Enter')).toEqual(['sql.run']);
  });
  it('knows what was chosen', () => {
    expect(clashesOf({ outline: ['o'] }, 'pin', ['t'])).toEqual([]);
    expect(clashesOf({ outline: ['o'] }, 'pin', ['o'])).toEqual([{ action: 'outline', keys: 'o' }]);
  });
});

describe('rebound', () => {
  it('gives keys and leaves the others', () => {
    const choices = rebound({}, 'pin', ['p']);
    expect(choices).toEqual({ pin: ['p'] });
    expect(keysOf(choices, 'comment')).toEqual(['m']);
  });
  it('takes keys from who had them, and no more than those', () => {
    const choices = rebound({}, 'pin', ['j']);
    expect(keysOf(choices, 'pin')).toEqual(['j']);
    expect(keysOf(choices, 'next')).toEqual(['ArrowDown']);
  });
  it('keeps nothing of what is as in the beginning', () => {
    const choices = rebound(rebound({}, 'pin', ['p']), 'pin', actions.pin.keys);
    expect(choices).toEqual({});
    expect(isChanged(choices, 'pin')).toBe(false);
  });
  it('can take all keys', () => expect(keysOf(rebound({}, 'pin', []), 'pin')).toEqual([]));
  it('leaves no clash behind', () => {
    const choices = rebound({}, 'record', ['c']);
    expect(actionIds.flatMap((id) => clashesOf(choices, id, keysOf(choices, id)))).toEqual([]);
  });
});

it.each([
  ['nothing', null],
  ['another kind', 'pin'],
  ['an action of another version', { gone: ['x'] }],
  ['no keys', { pin: 'x' }],
  ['broken keys', { pin: ['a b c'] }],
  ['keys of the browser', { pin: ['Ctrl+w'] }],
])('what is kept may be %s', (_, kept) => expect(validChoices(kept)).toEqual({}));
