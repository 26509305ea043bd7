/** The colours of marks and highlights, in the order of their keys 1 to 6; the server knows the same. */
export const markColors = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type MarkColor = (typeof markColors)[number];

export const isMarkColor = (text: string | null): text is MarkColor => markColors.some((color) => color === text);

const emoji: Record<string, string> = {
  grapes: '🍇',
  star: '⭐',
  warning: '⚠️',
  bug: '🐛',
  fire: '🔥',
  eyes: '👀',
  question: '❓',
  heavy_check_mark: '✔️',
  white_check_mark: '✅',
  x: '❌',
  red_circle: '🔴',
  large_blue_circle: '🔵',
};

/** How a mark that is not a colour is shown: mitmproxy's ":grapes:" as the sign, other texts by their beginning. */
export function markSign(marker: string): string {
  const name = /^:([a-z_]+):$/.exec(marker)?.[1];
  const sign = name === undefined ? undefined : emoji[name];
  return sign ?? (marker === 'default' ? '●' : [...marker].slice(0, 12).join(''));
}
