import { useCallback, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { formatRate, formatSize } from '../format/format';
import { RetentionMeter } from '../sessions/RetentionMeter';
import { proxyAddresses } from '../setup/setupLines';
import { en } from '../strings/en';
import { useProxyState, useSampled, useSession } from '../traffic/sessionContext';
import { BodyIndexStatus } from './BodyIndexStatus';
import classes from './StatusBar.module.css';

export function StatusBar() {
  const session = useSession();
  const state = useProxyState();
  const hub = useSyncExternalStore(session.hub.onStatus, session.hub.getStatus);
  const rate = useSyncExternalStore(session.onChange, session.getRate);
  const flows = useSampled(
    useCallback(() => session.allFlows, [session]),
    250,
  );
  const addresses = state ? proxyAddresses(state) : [];
  // What is known then is of before.
  const isAway = hub.kind === 'lost';
  const problem = state?.listeners.find((listener) => listener.error)?.error;
  return (
    <footer className={classes.bar} data-testid="status-bar">
      <span className={classes.live} data-kind={hub.kind}>
        {en.status[hub.kind]}
      </span>
      {state && (
        <>
          {!isAway && addresses.length > 0 && (
            <span title={addresses.join(', ')} className={classes.addresses}>
              {en.status.listening(addresses.join(', '))} · {en.status.clients(state.clients)}
            </span>
          )}
          {!isAway && (problem || addresses.length === 0) && (
            <span className={classes.problem}>{problem ?? en.status.notListening}</span>
          )}
          <span className={classes.space} />
          <span>{en.status.rate(formatRate(hub.kind === 'live' ? rate : 0))}</span>
          <span>{en.status.flows(flows)}</span>
          <BodyIndexStatus index={state.bodyIndex} />
          <RetentionMeter retention={state.retention} />
          {!isAway && (
            <Link
              href="/sessions"
              className={classes.session}
              title={en.status.sessionHint(state.session.path)}
              data-testid="session-name"
            >
              {en.status.session(state.session.name)}
            </Link>
          )}
          <span title={state.session.path}>{en.status.store(formatSize(state.session.sizeBytes))}</span>
          <span>{en.status.version(state.version)}</span>
        </>
      )}
    </footer>
  );
}
