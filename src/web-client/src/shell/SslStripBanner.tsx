import { IconAlertTriangle } from '@tabler/icons-react';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import classes from './ConnectionBanner.module.css';

/** A test that weakens what passes must not be forgotten while it is on. */
export function SslStripBanner() {
  const hosts = useProxyState()?.sslStrip ?? [];
  if (hosts.length === 0) return null;
  return (
    <div className={classes.banner} data-testid="ssl-strip-banner">
      <IconAlertTriangle size={16} aria-hidden="true" />
      <span role="status">
        <b>{en.connection.sslStrip}</b> {en.connection.sslStripText(hosts.join(', '))}
      </span>
    </div>
  );
}
