import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { getDeletions, undoDeletion } from '../api/rest';
import type { Deletion } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';

/** How long the toast stays; after it the status bar's menu of deletions still brings flows back. */
const toastMs = 10_000;

export async function undo(deletion: Pick<Deletion, 'id'>): Promise<void> {
  notifications.hide(`deletion-${deletion.id}`);
  await tried(
    undoDeletion(deletion.id).then(({ flows }) =>
      notifications.show({ message: en.deletion.back(flows), color: 'teal', autoClose: 2500 }),
    ),
  );
}

/** Takes back what was deleted last. */
export async function undoLast(): Promise<void> {
  await tried(
    getDeletions().then(([last]) => {
      if (last) return undo(last);
      notifications.show({ message: en.deletion.none, autoClose: 2500 });
    }),
  );
}

/** Tells what was deleted, and takes it back at a click. */
export function showDeletion(deletion: Deletion): void {
  if (deletion.flows === 0) return;
  const id = `deletion-${deletion.id}`;
  notifications.show({
    id,
    color: 'teal',
    autoClose: toastMs,
    message: (
      <Group gap={12} justify="space-between" data-testid="deletion-toast">
        {en.deletion.done(deletion.flows)}
        <Button size="compact-xs" onClick={() => void undo(deletion)}>
          {en.undo}
        </Button>
      </Group>
    ),
  });
}
