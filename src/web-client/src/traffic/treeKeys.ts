/** A line of a tree, as it is on screen. */
export interface TreeItem {
  level: number;
  /** Whether what is below it is shown; null when nothing is. */
  isOpen: boolean | null;
}

/** What a key does on a tree: it goes to another line, or opens or closes the line. */
export type TreeStep = { to: number } | 'toggle';

/**
 * The keys of a tree (https://www.w3.org/WAI/ARIA/apg/patterns/treeview/): up and down go from line to line, right opens a line or goes to the first
 * one below it, left closes it or goes to the one above it, Home and End go to the ends. Null when the key does nothing here.
 */
export function treeStep(items: readonly TreeItem[], at: number, key: string): TreeStep | null {
  const item = items[at];
  if (!item) return null;
  const to = (index: number): TreeStep | null =>
    index >= 0 && index < items.length && index !== at ? { to: index } : null;
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(items.length - 1);
    case 'ArrowRight':
      if (item.isOpen === false) return 'toggle';
      return item.isOpen && (items[at + 1]?.level ?? 0) > item.level ? to(at + 1) : null;
    case 'ArrowLeft':
      return item.isOpen ? 'toggle' : to(items.slice(0, at).findLastIndex((other) => other.level < item.level));
    default:
      return null;
  }
}
