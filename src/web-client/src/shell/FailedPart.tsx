import { Button } from '@mantine/core';
import { en } from '../strings/en';
import classes from './FailedPart.module.css';

/** A part of the dashboard that does not work: why, and what helps. */
export const FailedPart = ({ reason }: { reason: string }) => (
  <div className={classes.failed} role="alert" data-testid="failed-part">
    <b>{en.failedPart.title}</b>
    <code>{reason}</code>
    <span>{en.failedPart.hint}</span>
    <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
      {en.failedPart.reload}
    </Button>
  </div>
);
