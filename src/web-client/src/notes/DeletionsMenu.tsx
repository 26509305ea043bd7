import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { getDeletions } from '../api/rest';
import type { Deletion } from '../api/types';
import { formatTime } from '../format/format';
import { en } from '../strings/en';
import { undo } from './deletionToast';

/** What was deleted in the last minutes, also before this page was loaded. */
export function DeletionsMenu() {
  const [deletions, setDeletions] = useState<Deletion[]>([]);
  return (
    <Menu position="bottom-end" onOpen={() => void getDeletions().then(setDeletions, () => setDeletions([]))}>
      <Menu.Target>
        <Tooltip label={en.deletion.menu}>
          <ActionIcon aria-label={en.deletion.menu} data-testid="deletions">
            <IconArrowBackUp size={17} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{deletions.length === 0 ? en.deletion.none : en.deletion.menu}</Menu.Label>
        {deletions.map((deletion) => (
          <Menu.Item key={deletion.id} onClick={() => void undo(deletion)}>
            {en.deletion.at(formatTime(deletion.deletedAt), deletion.flows)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
