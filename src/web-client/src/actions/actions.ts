import { en } from '../strings/en';

/** The screens of the rail, in its order: Alt+1 is the first. */
export const screens = ['traffic', 'audit', 'sql', 'capture', 'sessions', 'settings'] as const;
export type Screen = (typeof screens)[number];

export const actionGroups = ['general', 'go', 'list', 'filter', 'flow', 'appearance', 'others'] as const;
export type ActionGroup = (typeof actionGroups)[number];

export interface ActionDefinition {
  group: ActionGroup;
  /** The keys it has until somebody chooses others; `keys.ts` says how they are written. */
  keys: readonly string[];
  /** The screen, or the part of one, where it can be done; without it, everywhere. */
  at?: Screen | 'body';
  /** It is done to the flow that is selected, or to those that are. */
  needsFlow?: true;
  /** Its keys count while somebody is typing, too, if they are no characters. */
  inFields?: true;
  /** Its keys count over dialogs, too. */
  overDialogs?: true;
}

const toFlow = (...keys: string[]): ActionDefinition => ({ group: 'flow', keys, at: 'traffic', needsFlow: true });
const inList = (...keys: string[]): ActionDefinition => ({ group: 'list', keys, at: 'traffic' });
const ofFilter = (...keys: string[]): ActionDefinition => ({ group: 'filter', keys, at: 'traffic' });
const anywhere = (group: ActionGroup, ...keys: string[]): ActionDefinition => ({ group, keys });

const all = {
  palette: { group: 'general', keys: ['Ctrl+k'], inFields: true, overDialogs: true },
  sheet: { group: 'general', keys: ['?'], overDialogs: true },
  record: anywhere('general', 'Space'),
  clear: { ...inList('Ctrl+Shift+x'), group: 'general', inFields: true },
  restore: anywhere('general', 'Ctrl+z'),

  'go.traffic': { group: 'go', keys: ['Alt+1'], inFields: true },
  'go.audit': { group: 'go', keys: ['Alt+2'], inFields: true },
  'go.sql': { group: 'go', keys: ['Alt+3'], inFields: true },
  'go.capture': { group: 'go', keys: ['Alt+4'], inFields: true },
  'go.sessions': { group: 'go', keys: ['Alt+5'], inFields: true },
  'go.settings': { group: 'go', keys: ['Alt+6'], inFields: true },

  next: inList('j', 'ArrowDown'),
  previous: inList('k', 'ArrowUp'),
  pageDown: inList('PageDown'),
  pageUp: inList('PageUp'),
  first: inList('g g', 'Home'),
  last: inList('G', 'End'),
  open: { ...inList('Enter'), needsFlow: true },
  extendDown: { ...inList('J', 'Shift+ArrowDown'), needsFlow: true },
  extendUp: { ...inList('K', 'Shift+ArrowUp'), needsFlow: true },
  selectAll: inList('Ctrl+a'),
  leave: inList('Escape'),
  layout: inList('\\'),
  outline: inList('t'),
  columns: inList(),
  waterfall: inList('w'),

  'filter.focus': ofFilter('/', 'Ctrl+f'),
  'filter.clear': ofFilter(),
  'filter.saved': ofFilter(),
  'filter.help': ofFilter(),

  'tab.previous': toFlow('[', 'h'),
  'tab.next': toFlow(']', 'l'),
  comment: toFlow('m'),
  pin: toFlow('s'),
  'mark.red': toFlow('1'),
  'mark.orange': toFlow('2'),
  'mark.yellow': toFlow('3'),
  'mark.green': toFlow('4'),
  'mark.blue': toFlow('5'),
  'mark.purple': toFlow('6'),
  'mark.none': toFlow('0'),
  delete: toFlow('Delete'),
  'copy.url': toFlow('c u', 'y'),
  'copy.curl': toFlow('c c'),
  'copy.curlCmd': toFlow('c d'),
  'copy.curlPowerShell': toFlow('c w'),
  'copy.httpie': toFlow('c i'),
  'copy.fetchBrowser': toFlow('c f'),
  'copy.fetchNode': toFlow('c n'),
  'copy.python': toFlow('c p'),
  'copy.csharp': toFlow('c s'),
  'copy.go': toFlow('c g'),
  'copy.rawRequest': toFlow('c r'),
  'copy.rawResponse': toFlow('c R'),
  'copy.har': toFlow('c j'),
  'copy.body': toFlow('c b'),
  'copy.headers': toFlow('c h'),
  compare: toFlow('d'),
  onlyHost: toFlow(),
  newTab: toFlow(),
  'body.find': { group: 'flow', keys: ['Ctrl+f'], at: 'body', needsFlow: true },

  'theme.auto': anywhere('appearance'),
  'theme.light': anywhere('appearance'),
  'theme.dark': anywhere('appearance'),
  contrast: anywhere('appearance'),
  density: anywhere('appearance'),

  'sql.run': { group: 'others', keys: ['Ctrl+Enter'], at: 'sql', inFields: true },
  'sql.stop': { group: 'others', keys: ['Escape'], at: 'sql', inFields: true },
  'audit.again': { group: 'others', keys: [], at: 'audit' },
  'session.create': { group: 'others', keys: [], at: 'sessions' },
  'session.add': { group: 'others', keys: [], at: 'sessions' },
} as const satisfies Record<string, ActionDefinition>;

export type ActionId = keyof typeof all;

/** Every action of the dashboard: the shortcuts, their sheet, the palette and the tooltips all read this list. */
export const actions: Readonly<Record<ActionId, ActionDefinition>> = all;
export const actionIds = Object.keys(all) as ActionId[];

export const isActionId = (text: string): text is ActionId => Object.hasOwn(all, text);

const titles: Readonly<Record<ActionId, string>> = en.actions.titles;

/** What the action is called, wherever it is named. */
export const actionTitle = (id: ActionId): string => titles[id];
