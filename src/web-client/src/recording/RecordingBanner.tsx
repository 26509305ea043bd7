import { Button } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerRecordFilled } from '@tabler/icons-react';
import banner from '../shell/ConnectionBanner.module.css';
import { en } from '../strings/en';
import classes from './recording.module.css';
import { useRecording } from './useRecording';

/** While nothing is recorded that has to be plain everywhere, with what is being missed and the way back. */
export function RecordingBanner() {
  const { recording, toggle } = useRecording();
  if (!recording || recording.on) return null;
  return (
    <div className={banner.banner} data-testid="recording-banner">
      <IconPlayerPauseFilled size={16} aria-hidden="true" />
      <span role="status">
        <b>{en.recording.paused}</b>
      </span>
      <span className={classes.count} data-testid="not-recorded">
        {en.recording.notRecorded(recording.notRecorded)}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        className={banner.now}
        leftSection={<IconPlayerRecordFilled size={11} />}
        onClick={toggle}
      >
        {en.recording.record}
      </Button>
    </div>
  );
}
