import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Color = readonly [red: number, green: number, blue: number];

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`tokens.css has no ${selector}`);
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6}|\d+%);/g)].map(([, name, value]) => [name, value]),
  );
}

const scheme = (name: string) => `:root[data-mantine-color-scheme="${name}"]`;
const light = tokensOf(scheme('light'));
const dark = tokensOf(scheme('dark'));
const themes = {
  light,
  dark,
  'high contrast light': { ...light, ...tokensOf(`${scheme('light')}[data-high-contrast]`) },
  'high contrast dark': { ...dark, ...tokensOf(`${scheme('dark')}[data-high-contrast]`) },
};
type Theme = keyof typeof themes;
const names = Object.keys(themes) as Theme[];

function colorOf(theme: Theme, token: string): Color {
  const value = themes[theme][token];
  if (!value) throw new Error(`${theme} has no --${token}`);
  return [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16)) as unknown as Color;
}

/** As color-mix(in srgb, a share, b). */
const mixed = (a: Color, share: number, b: Color): Color =>
  a.map((value, at) => value * share + (b[at] ?? 0) * (1 - share)) as unknown as Color;

/** Relative luminance, WCAG 2.2. */
function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, WCAG 2.2: 1 to 21. */
function ratio(a: Color, b: Color): number {
  const [less = 0, more = 0] = [luminance(a), luminance(b)].sort((one, two) => one - two);
  return (more + 0.05) / (less + 0.05);
}

const grounds = ['bg', 'surface', 'raised', 'inset', 'hover', 'selected'];
const colors = ['accent', 'red', 'amber', 'green', 'blue', 'violet'];
const marks = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'];
/** Text and what it stands on. */
const pairs: [text: string, ground: string][] = [
  ...['text', 'text-dim', ...colors].flatMap((text) => grounds.map((ground): [string, string] => [text, ground])),
  ...colors.map((color): [string, string] => [color, `${color}-soft`]),
  ...colors.map((color): [string, string] => ['text', `${color}-soft`]),
  ['text', 'grey-soft'],
  ['text-dim', 'grey-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['text', 'found'],
  ['on-found', 'found-current'],
  ...['key', 'string', 'number', 'atom', 'comment', 'tag', 'attribute'].flatMap((code) =>
    ['bg', 'surface', 'inset'].map((ground): [string, string] => [`code-${code}`, ground]),
  ),
];
/** What has a meaning without being text, and has to be seen on the list and in the panes. */
const signs = [
  'focus',
  'selected-edge',
  ...['data', 'html', 'script', 'style', 'image', 'font', 'media', 'socket', 'raw', 'error'].map((one) => `cat-${one}`),
  ...['dns', 'connect', 'tls', 'send', 'wait', 'receive'].map((one) => `phase-${one}`),
];

it('knows the ratios of WCAG', () => {
  expect(ratio([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
  expect(ratio([255, 255, 255], [118, 118, 118])).toBeCloseTo(4.54, 2);
});

describe.each(names)('%s', (theme) => {
  const isHigh = theme.startsWith('high');
  const least = isHigh ? 7 : 4.5;
  const under = (all: [name: string, a: Color, b: Color][], wanted: number) =>
    all.flatMap(([name, a, b]) => (ratio(a, b) < wanted ? [`${name}: ${ratio(a, b).toFixed(2)}`] : []));

  it(`has text of ${least}:1 on all that it stands on`, () =>
    expect(
      under(
        pairs.map(([a, b]) => [`${a} on ${b}`, colorOf(theme, a), colorOf(theme, b)]),
        least,
      ),
    ).toEqual([]));

  it('has text of 4.5:1 on rows that are marked', () => {
    const tint = Number.parseInt(themes[theme]['mark-tint'] ?? '', 10) / 100;
    const all = marks.flatMap((mark) => {
      const row = mixed(colorOf(theme, `mark-${mark}`), tint, colorOf(theme, 'bg'));
      return ['text', 'text-dim', ...colors].map((text): [string, Color, Color] => [
        `${text} on a ${mark} row`,
        colorOf(theme, text),
        row,
      ]);
    });
    expect(under(all, 4.5)).toEqual([]);
  });

  it('has signs of 3:1 on the grounds of the page', () => {
    const all = signs.flatMap((sign) =>
      ['bg', 'surface'].map((ground): [string, Color, Color] => [
        `${sign} on ${ground}`,
        colorOf(theme, sign),
        colorOf(theme, ground),
      ]),
    );
    expect(under(all, 3)).toEqual([]);
  });

  if (!isHigh) return;
  it('has lines of 3:1', () => {
    const lines = ['border', 'border-strong', 'cat-none', ...marks.map((mark) => `mark-${mark}`)];
    const all = lines.flatMap((line) =>
      ['bg', 'surface', 'raised'].map((ground): [string, Color, Color] => [
        `${line} on ${ground}`,
        colorOf(theme, line),
        colorOf(theme, ground),
      ]),
    );
    expect(under(all, 3)).toEqual([]);
  });
});
