import { describe, expect, it } from 'vitest';
import { ariaKeys, isPlain, isShortcut, type KeyPress, keyName, keysText, ownerOf } from './keys';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keyName', () => {
  it.each<[string, KeyPress, string | null]>([
    ['a letter', press('j'), 'j'],
    ['Shift and a letter', press('G', { shiftKey: true }), 'G'],
    ['Caps Lock', press('J'), 'j'],
    ['Shift under Caps Lock', press('j', { shiftKey: true }), 'J'],
    ['a sign', press('?', { shiftKey: true }), '?'],
    ['Ctrl', press('K', { ctrlKey: true }), 'Ctrl+k'],
    ['Cmd', press('k', { metaKey: true }), 'Ctrl+k'],
    ['Ctrl and Shift', press('X', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+x'],
    ['a named key with Shift', press('ArrowDown', { shiftKey: true }), 'Shift+ArrowDown'],
    ['Space', press(' '), 'Space'],
    ['a modifier alone', press('Shift', { shiftKey: true }), null],
    ['Alt and a digit on a Mac', press('¡', { altKey: true, code: 'Digit1' }), 'Alt+1'],
    ['Alt and a digit on AZERTY', press('&', { altKey: true, code: 'Digit1' }), 'Alt+1'],
    ['a Cyrillic layout', press('о', { code: 'KeyJ' }), 'j'],
    ['Ctrl on a Greek layout', press('κ', { code: 'KeyK', ctrlKey: true }), 'Ctrl+k'],
    ['a letter that only looks like no shortcut', press('ö', { code: 'Semicolon' }), 'ö'],
    ['QWERTZ, by what is written on the key', press('z', { code: 'KeyY' }), 'z'],
    [
      'AltGr, which Windows reports as Ctrl and Alt',
      press('@', { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' }),
      '@',
    ],
  ])('%s', (_, event, name) => expect(keyName(event)).toBe(name));
});

describe('keysText', () => {
  it.each([
    ['j', 'j', 'j'],
    ['G', 'Shift+G', '⇧G'],
    ['g g', 'g g', 'g g'],
    ['Ctrl+Shift+x', 'Ctrl+Shift+X', '⌘⇧X'],
    ['Alt+1', 'Alt+1', '⌥1'],
    ['Shift+ArrowDown', 'Shift+↓', '⇧↓'],
    ['Ctrl++', 'Ctrl++', '⌘+'],
    ['Escape', 'Esc', 'Esc'],
    ['?', '?', '?'],
  ])('%s', (keys, elsewhere, mac) => {
    expect(keysText(keys, false)).toBe(elsewhere);
    expect(keysText(keys, true)).toBe(mac);
  });
});

it('says keys to assistive technology, which knows none in a row', () => {
  expect(ariaKeys(['Ctrl+k', 'c u'])).toBe('Control+K');
  expect(ariaKeys(['c u'])).toBeUndefined();
});

it.each([
  ['j', true],
  ['Shift+ArrowDown', true],
  ['Enter', true],
  ['Ctrl+k', false],
  ['Alt+1', false],
  ['F2', false],
  ['Escape', false],
])('%s belongs to a field: %s', (keys, plain) => expect(isPlain(keys)).toBe(plain));

it.each([
  ['Ctrl+w', 'browser'],
  ['Ctrl+Shift+t', 'browser'],
  ['Ctrl+3', 'browser'],
  ['F5', 'browser'],
  ['Tab', 'browser'],
  ['Ctrl+c', 'editing'],
  ['Ctrl+k', null],
  ['w', null],
])('%s is kept by: %s', (keys, owner) => expect(ownerOf(keys)).toBe(owner));

it.each(['', ' ', 'a b c', 5, null, 'a  b', 'x'.repeat(99)])('%j is no shortcut', (kept) =>
  expect(isShortcut(kept)).toBe(false),
);
