import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { treeStep } from './treeKeys';

interface Props {
  label: string;
  /** A line is opened or closed. */
  onToggle(path: string): void;
  /** A line is chosen, with Alt to leave it out. */
  onPick(part: string, leaveOut: boolean): void;
  /** The lines: tree items with `data-part`, and with `data-path` where there is something below. */
  children: ReactNode;
}

/** A tree that is gone through with the keyboard. One of its lines is in the order of the Tab key: the one that had the focus last, or the first. */
export function OutlineTree({ label, onToggle, onPick, children }: Props) {
  const tree = useRef<HTMLDivElement>(null);
  const last = useRef<string | undefined>(undefined);
  const lines = () => [...(tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? [])];
  const settle = () => {
    const all = lines();
    const reachable = all.find((line) => line.dataset.part === last.current) ?? all[0];
    for (const line of all) line.tabIndex = line === reachable ? 0 : -1;
  };
  useLayoutEffect(settle);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = lines();
    const at = all.indexOf(event.target as HTMLElement);
    const { part, path } = all[at]?.dataset ?? {};
    if (part === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') onPick(part, event.altKey);
    else {
      const items = all.map((line) => {
        const expanded = line.getAttribute('aria-expanded');
        return {
          level: Number(line.getAttribute('aria-level')),
          isOpen: expanded === null ? null : expanded === 'true',
        };
      });
      const step = event.altKey ? null : treeStep(items, at, event.key);
      if (step === null) return;
      if (step !== 'toggle') all[step.to]?.focus();
      else if (path !== undefined) onToggle(path);
    }
    event.preventDefault();
  };

  return (
    <div
      ref={tree}
      role="tree"
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const line = event.target.closest<HTMLElement>('[role="treeitem"]');
        if (!line) return;
        last.current = line.dataset.part;
        settle();
      }}
    >
      {children}
    </div>
  );
}
