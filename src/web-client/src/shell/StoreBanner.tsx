import { IconDatabaseExclamation } from '@tabler/icons-react';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import classes from './ConnectionBanner.module.css';

/** Flows pass but cannot be stored: the one thing that must not go unseen. */
export function StoreBanner() {
  const problem = useProxyState()?.session.problem;
  if (!problem) return null;
  return (
    <div className={classes.banner} data-testid="store-banner">
      <IconDatabaseExclamation size={16} aria-hidden="true" />
      <span role="alert">
        <b>{en.connection.notStored}</b> {problem}
      </span>
    </div>
  );
}
