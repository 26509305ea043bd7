import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { en } from '../strings/en';
import { useSession } from '../traffic/sessionContext';
import classes from './ConnectionBanner.module.css';

export function ConnectionBanner() {
  const { hub } = useSession();
  const status = useSyncExternalStore(hub.onStatus, hub.getStatus);
  const retryAt = status.kind === 'lost' ? status.retryAt : null;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (retryAt === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [retryAt]);

  if (status.kind !== 'lost') return null;
  const seconds = retryAt === null ? 0 : Math.max(1, Math.ceil((retryAt - now) / 1000));
  return (
    <div className={classes.banner} data-testid="connection-banner">
      <IconPlugConnectedX size={16} aria-hidden="true" />
      <span role="status">
        <b>{en.connection.lost}</b> {en.connection.stillUsable}
      </span>
      <span className={classes.retry}>
        {retryAt === null ? en.connection.retrying : en.connection.retryIn(seconds)}
      </span>
      <Button
        size="compact-xs"
        variant="outline"
        color="yellow"
        className={classes.now ?? ''}
        disabled={retryAt === null}
        onClick={hub.retryNow}
      >
        {en.connection.now}
      </Button>
    </div>
  );
}
