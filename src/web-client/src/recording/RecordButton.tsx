import { Button } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { ActionTooltip } from '../actions/ActionTooltip';
import { en } from '../strings/en';
import { useSession } from '../traffic/sessionContext';
import classes from './recording.module.css';
import { useRecording } from './useRecording';

/** Says whether what passes is recorded, and switches it. */
export function RecordButton() {
  const { recording, toggle } = useRecording();
  const { hub } = useSession();
  const isAway = useSyncExternalStore(hub.onStatus, hub.getStatus).kind === 'lost';
  const on = recording?.on ?? true;
  return (
    <ActionTooltip action="record" label={on ? en.recording.pause : en.recording.resume}>
      <Button
        size="compact-sm"
        variant="default"
        className={classes.button}
        aria-label={on ? en.recording.onLabel : en.recording.offLabel}
        aria-pressed={on}
        data-on={on}
        data-testid="record"
        disabled={recording === null || isAway}
        leftSection={on ? <IconPlayerRecordFilled size={13} /> : <IconPlayerPauseFilled size={13} />}
        onClick={toggle}
      >
        {on ? en.recording.on : en.recording.off}
      </Button>
    </ActionTooltip>
  );
}
