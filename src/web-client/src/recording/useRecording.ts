import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { switchRecording } from '../api/rest';
import type { Recording } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { useProxyState, useSession } from '../traffic/sessionContext';

/** Whether what passes is recorded (null while nobody has said), and the switch. */
export function useRecording(): { recording: Recording | null; toggle(): void } {
  const session = useSession();
  const recording = useProxyState()?.recording ?? null;
  const toggle = useCallback(() => {
    const now = session.getState()?.recording;
    if (!now) return;
    const turn = async () => {
      const { on, notRecorded } = await switchRecording(!now.on);
      if (on && notRecorded > 0) {
        notifications.show({ message: en.recording.again(notRecorded), autoClose: 6000 });
      }
    };
    void tried(turn());
  }, [session]);
  return { recording, toggle };
}
