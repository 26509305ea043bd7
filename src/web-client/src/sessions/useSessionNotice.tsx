import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { ProxyState } from '../api/types';
import { viewedSession, withSession } from '../api/viewed';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';

const shownMs = 20_000;

/** Says when another session is recorded, whoever wanted that: the list is another one now, and the old one a click away. Once per page. */
export function useSessionNotice(): void {
  const session = useProxyState()?.session;
  const before = useRef<ProxyState['session'] | undefined>(undefined);
  useEffect(() => {
    const old = before.current;
    before.current = session;
    if (!session || !old || old.id === session.id || viewedSession !== null) return;
    notifications.show({
      color: 'teal',
      autoClose: shownMs,
      message: (
        <Group gap={12} justify="space-between" data-testid="session-notice">
          {en.sessions.recording(session.name)}
          {/* With a load of the page: everything in it belongs to one session. */}
          <Button size="compact-xs" variant="default" component="a" href={withSession('/', old.key)}>
            {en.sessions.lookAtOld(old.name)}
          </Button>
        </Group>
      ),
    });
  }, [session]);
}
