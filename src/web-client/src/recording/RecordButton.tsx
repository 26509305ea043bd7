import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerRecordFilled } from '@tabler/icons-react';
import { en } from '../strings/en';
import classes from './recording.module.css';
import { useRecording } from './useRecording';

/** Says whether what passes is recorded, and switches it. */
export function RecordButton() {
  const { recording, toggle } = useRecording();
  const on = recording?.on ?? true;
  return (
    <Tooltip label={on ? en.recording.pause : en.recording.resume}>
      <Button
        size="compact-sm"
        variant="default"
        className={classes.button}
        aria-label={on ? en.recording.onLabel : en.recording.offLabel}
        aria-pressed={on}
        data-on={on}
        data-testid="record"
        disabled={recording === null}
        leftSection={on ? <IconPlayerRecordFilled size={13} /> : <IconPlayerPauseFilled size={13} />}
        onClick={toggle}
      >
        {on ? en.recording.on : en.recording.off}
      </Button>
    </Tooltip>
  );
}
