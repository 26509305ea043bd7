import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { anywhere, MenuAnchor } from './MenuAnchor';

interface Props {
  /** Where the pointer was; without it the menu is closed. */
  at: { x: number; y: number } | null;
  onClose(): void;
  children: ReactNode;
}

/** The menu of something that was clicked with the second button; its items are the children. */
export function ContextMenu({ at, onClose, children }: Props) {
  return (
    <Menu opened={at !== null} onClose={onClose} position="bottom-start" offset={2} middlewares={anywhere}>
      <Menu.Target>
        <MenuAnchor x={at?.x ?? 0} y={at?.y ?? 0} />
      </Menu.Target>
      {at && <Menu.Dropdown>{children}</Menu.Dropdown>}
    </Menu>
  );
}
