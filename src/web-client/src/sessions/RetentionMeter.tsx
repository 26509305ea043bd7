import { Tooltip } from '@mantine/core';
import { Link } from 'wouter';
import type { Retention } from '../api/types';
import { en } from '../strings/en';
import classes from './RetentionMeter.module.css';
import { meters, nextStep } from './retention';

/** How full the session is against the limit that it comes closest to; nothing when there are no limits. */
export function RetentionMeter({ retention }: { retention: Retention }) {
  const [fullest] = meters(retention, Date.now());
  if (!fullest) return null;
  return (
    <Tooltip label={nextStep(fullest)}>
      <Link href="/sessions" className={classes.meter} data-high={fullest.share >= 0.9} data-testid="retention-meter">
        <span>{en.retention.kept}</span>
        <meter
          min={0}
          max={1}
          high={0.9}
          optimum={0}
          value={Math.min(1, fullest.share)}
          aria-label={`${en.retention.kept} ${fullest.text}. ${nextStep(fullest)}`}
        />
        <span>{fullest.text}</span>
      </Link>
    </Tooltip>
  );
}
