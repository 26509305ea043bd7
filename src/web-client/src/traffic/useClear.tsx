import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { en } from '../strings/en';
import { type TrafficSession, undoMs } from './trafficSession';

const toast = 'clear';

/** Clears the list at once and offers to undo it as long as nothing is deleted yet. */
export function useClear(session: TrafficSession): () => void {
  const clearing = useSyncExternalStore(session.onChange, session.getClearing);
  useEffect(() => {
    if (clearing === null) {
      notifications.hide(toast);
      return;
    }
    notifications.show({
      id: toast,
      title: en.clear.done(clearing),
      color: 'teal',
      autoClose: undoMs,
      withCloseButton: false,
      message: (
        <>
          {en.clear.soon}
          <Group gap={8} mt={6}>
            <Button size="compact-xs" onClick={session.undoClear}>
              {en.undo}
            </Button>
            <Button size="compact-xs" variant="default" onClick={session.finishClear}>
              {en.clear.now}
            </Button>
          </Group>
        </>
      ),
    });
  }, [clearing, session]);
  return useCallback(() => session.clear(), [session]);
}
