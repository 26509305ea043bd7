import { Button } from '@mantine/core';
import { useCallback } from 'react';
import { en } from '../strings/en';
import { useSampled, useSession } from './sessionContext';
import classes from './TrafficPage.module.css';

export function EmptyByFilter({ onClear }: { onClear(): void }) {
  const session = useSession();
  const all = useSampled(
    useCallback(() => session.allFlows, [session]),
    250,
  );
  return (
    <div className={classes.nothing} data-testid="empty-filter">
      <h2>{en.filter.none(all)}</h2>
      <p>{en.filter.noneHint}</p>
      <Button variant="default" onClick={onClear}>
        {en.filter.clear}
      </Button>
    </div>
  );
}
