import { Button, Group, Modal } from '@mantine/core';
import type { StoredSession } from '../api/types';
import { formatSize } from '../format/format';
import { en } from '../strings/en';

interface Props {
  session: StoredSession | null;
  onClose(): void;
  onDelete(session: StoredSession): void;
}

/** A file that is deleted does not come back, so it is asked for once more. */
export function DeleteDialog({ session, onClose, onDelete }: Props) {
  const text = en.sessions.deleting;
  return (
    <Modal
      opened={session !== null}
      onClose={onClose}
      title={session ? text.title(session.name) : ''}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 100 }}
    >
      {session && (
        <>
          <p>{text.text(session.flows, formatSize(session.sizeBytes))}</p>
          <code>{session.path}</code>
          <Group justify="flex-end" mt="md" gap={8}>
            <Button variant="default" onClick={onClose} data-autofocus>
              {en.sessions.cancel}
            </Button>
            <Button color="red" onClick={() => onDelete(session)}>
              {text.action}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
