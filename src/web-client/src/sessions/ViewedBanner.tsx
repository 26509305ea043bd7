import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { viewedSession } from '../api/viewed';
import { en } from '../strings/en';
import { useProxyState, useSession } from '../traffic/sessionContext';
import classes from './ViewedBanner.module.css';

/** This tab looks at a stored session: nobody may take it for what passes now. */
export function ViewedBanner() {
  const session = useSession();
  const viewed = useSyncExternalStore(session.onChange, session.getViewed);
  const live = useProxyState()?.session;
  if (viewedSession === null) return null;
  const text = en.sessions.viewing;
  const isLive = live !== undefined && viewed?.kind === 'session' && live.path === viewed.session.path;
  return (
    <div className={classes.banner} data-testid="viewed-banner" data-failed={viewed?.kind === 'failed'}>
      <IconEye size={16} aria-hidden="true" />
      <span role="status">
        {viewed?.kind === 'failed' ? (
          <b>{viewed.reason}</b>
        ) : (
          <>
            {text.at} <b>{viewed?.session.name ?? viewedSession}</b>, {isLive ? text.recorded : text.readOnly}
          </>
        )}
      </span>
      {/* With a load of the page: everything in it belongs to one session. */}
      <Button size="compact-xs" variant="outline" component="a" href="/">
        {text.back}
      </Button>
    </div>
  );
}
