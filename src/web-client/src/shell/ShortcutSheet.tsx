import { Modal } from '@mantine/core';
import { ShortcutEditor } from '../actions/ShortcutEditor';
import { en } from '../strings/en';

/** All actions and their keys, over whatever is shown. */
export default function ShortcutSheet({ onClose }: { onClose(): void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={en.shortcuts.title}
      size={860}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 0 }}
    >
      <ShortcutEditor />
    </Modal>
  );
}
