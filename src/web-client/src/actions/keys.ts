/*
 * How keys are written, in the registry and in what the browser keeps: a press is "j", "G" (with Shift), "Ctrl+Shift+x",
 * "Alt+1", "Escape" or "Space"; one or two presses in a row, with a blank between them ("g g"), are a shortcut.
 */

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & {
  getModifierState?: KeyboardEvent['getModifierState'];
};

const modifiers = new Set([
  'Control',
  'Shift',
  'Alt',
  'Meta',
  'AltGraph',
  'CapsLock',
  'NumLock',
  'Fn',
  'Dead',
  'Process',
]);

/** The key as it is on a Latin keyboard: shortcuts must not depend on Caps Lock, the script, or what Alt writes on a Mac. */
function plainKey({ key, code, altKey, shiftKey }: KeyPress, control: boolean): string {
  if (key === ' ') return 'Space';
  if (key.length !== 1) return key;
  const isElse = altKey
    ? code.startsWith('Digit') || !/^[ -~]$/.test(key)
    : /\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key);
  const plain = (isElse && /^(?:Key|Digit)(.)$/.exec(code)?.[1]) || key;
  return shiftKey && !control && !altKey ? plain.toUpperCase() : plain.toLowerCase();
}

/** The name of a key press; null for a modifier alone. Cmd counts as Ctrl. */
export function keyName(press: KeyPress): string | null {
  if (modifiers.has(press.key)) return null;
  // AltGr writes characters; browsers on Windows report it as Ctrl and Alt.
  const isWriting = press.getModifierState?.('AltGraph') ?? false;
  const control = (press.ctrlKey || press.metaKey) && !isWriting;
  const alt = press.altKey && !isWriting;
  const key = isWriting ? press.key : plainKey(press, control);
  // Shift is part of a printed character already ("?", "G").
  const shift = press.shiftKey && (key.length > 1 || control || alt);
  return `${control ? 'Ctrl+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

/** Whether a press writes a character, or moves in a text: in a field it belongs to the field. */
export const isPlain = (press: string): boolean => !/^(Ctrl|Alt)\+|^F\d+$|^Escape$/.test(press);

export const pressesOf = (shortcut: string): readonly string[] => shortcut.split(' ');

const signs: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
  Insert: 'Ins',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};
const macSigns: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

function pressText(press: string, mac: boolean): string {
  const [, prefix = '', key = ''] = /^((?:(?:Ctrl|Alt|Shift)\+)*)(.+)$/s.exec(press) ?? [];
  const held = prefix.split('+').filter(Boolean);
  const isUpper = /^\p{Lu}$/u.test(key);
  if (isUpper) held.push('Shift');
  const text = signs[key] ?? (held.length > 0 && key.length === 1 ? key.toUpperCase() : key);
  return mac ? held.map((name) => macSigns[name]).join('') + text : [...held, text].join('+');
}

/** A shortcut as people know it: "Ctrl+Shift+X", "⌘⇧X" on a Mac, "g g". */
export const keysText = (shortcut: string, mac = isMac): string =>
  pressesOf(shortcut)
    .map((press) => pressText(press, mac))
    .join(' ');

/** For aria-keyshortcuts, which knows no keys in a row. */
export const ariaKeys = (shortcuts: readonly string[]): string | undefined =>
  shortcuts
    .filter((shortcut) => pressesOf(shortcut).length === 1)
    .map((shortcut) => pressText(shortcut, false).replace('Ctrl+', 'Control+').replace(/\+$/, 'Plus'))
    .join(' ') || undefined;

const browserKeys = new Set([
  ...['t', 'w', 'n', 'q', 'r', 'l', 'd', 'p', 'Tab', 'PageUp', 'PageDown', 'F4', '+', '-', '='].map(
    (key) => `Ctrl+${key}`,
  ),
  ...['t', 'w', 'n', 'r', 'p', 'i', 'j', 'c', 'Tab', 'Delete', 'q'].map((key) => `Ctrl+Shift+${key}`),
  ...Array.from({ length: 10 }, (_, digit) => `Ctrl+${digit}`),
  ...['F4', 'ArrowLeft', 'ArrowRight', 'Home', 'd', 'f', 'e', 'Space', 'Tab'].map((key) => `Alt+${key}`),
  ...['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12', 'Shift+F10', 'ContextMenu', 'Tab', 'Shift+Tab'],
]);
const editingKeys = new Set([
  'Ctrl+c',
  'Ctrl+v',
  'Ctrl+x',
  'Ctrl+y',
  'Ctrl+Shift+z',
  'Ctrl+Shift+v',
  'Ctrl+Insert',
  'Shift+Insert',
]);

/** Who has a press already, so that no action can: the browser, or the editing of texts. */
export function ownerOf(press: string): 'browser' | 'editing' | null {
  if (browserKeys.has(press)) return 'browser';
  return editingKeys.has(press) ? 'editing' : null;
}

/** Whether something from outside is a shortcut as it is written here. */
export const isShortcut = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= 60 && /^[^ ]+(?: [^ ]+)?$/.test(text);
