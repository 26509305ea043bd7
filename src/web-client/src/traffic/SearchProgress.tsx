import { Button, Progress } from '@mantine/core';
import { useCallback, useEffect, useRef } from 'react';
import { en } from '../strings/en';
import { useSampled, useSession } from './sessionContext';
import classes from './TrafficPage.module.css';

/** How far a search is that takes long, a way back from it, and why the list is not kept up when it is not. */
export function SearchProgress({ onCancel }: { onCancel(filterBefore: string): void }) {
  const session = useSession();
  const share = useSampled(
    useCallback(() => session.list.progress, [session]),
    100,
  );
  const failure = useSampled(
    useCallback(() => (session.list.isReady ? session.list.error : null), [session]),
    100,
  );
  const before = useRef('');
  useEffect(() =>
    session.list.onChange(() => {
      if (session.list.isReady) before.current = session.filter;
    }),
  );

  if (failure !== null) {
    return (
      <div className={classes.search} role="alert">
        <span>
          {en.list.notKeptUp}: {failure}
        </span>
        <Button size="compact-xs" variant="default" onClick={session.refilter}>
          {en.list.retry}
        </Button>
      </div>
    );
  }
  if (share === null) return null;
  return (
    <div className={classes.search} role="status" data-testid="search-progress">
      <span>{en.list.searching(share)}</span>
      <Progress value={share * 100} size="sm" flex={1} aria-label={en.list.searching(share)} />
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => onCancel(before.current === session.filter ? '' : before.current)}
      >
        {en.list.cancelSearch}
      </Button>
    </div>
  );
}
