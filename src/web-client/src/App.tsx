import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import classes from './App.module.css';
import { AuditPage } from './audit/AuditPage';
import { RecordingBanner } from './recording/RecordingBanner';
import { SessionsPage } from './sessions/SessionsPage';
import { ViewedBanner } from './sessions/ViewedBanner';
import { SetupScreen } from './setup/SetupScreen';
import { ConnectionBanner } from './shell/ConnectionBanner';
import { Rail } from './shell/Rail';
import { ShortcutSheet } from './shell/ShortcutSheet';
import { SignedOut } from './shell/SignedOut';
import { SslStripBanner } from './shell/SslStripBanner';
import { StatusBar } from './shell/StatusBar';
import { StoreBanner } from './shell/StoreBanner';
import { useShortcuts } from './shell/shortcuts';
import { SqlPage } from './sql/SqlPage';
import { useSession } from './traffic/sessionContext';
import { TrafficPage } from './traffic/TrafficPage';

export function App() {
  const session = useSession();
  const signedOut = useSyncExternalStore(session.onChange, session.getSignedOut);
  const [sheet, setSheet] = useState(false);
  const [path] = useLocation();
  const search = useSearch();
  const isCapture = path === '/capture';
  const isAudit = path === '/audit' || path.startsWith('/audit/');
  const isSql = path === '/sql';
  const isSessions = path === '/sessions';
  const isTraffic = path === '/' || path.startsWith('/flow/');
  const traffic = useRef('/');
  if (isTraffic) traffic.current = search ? `${path}?${search}` : path;

  useEffect(() => session.start(), [session]);
  useEffect(() => {
    // The editor is a chunk of its own: fetched once the list is up, it is there when the first flow is opened.
    const timer = setTimeout(() => void import('./details/body/CodeView').catch(() => {}), 1500);
    return () => clearTimeout(timer);
  }, []);
  useShortcuts({ '?': () => setSheet((opened) => !opened) });

  if (signedOut) return <SignedOut />;
  return (
    <div className={classes.app}>
      <div className={classes.body}>
        <Rail
          place={isCapture ? 'capture' : isAudit ? 'audit' : isSql ? 'sql' : isSessions ? 'sessions' : 'traffic'}
          trafficHref={traffic.current}
          onHelp={() => setSheet(true)}
        />
        <div className={classes.main}>
          <ConnectionBanner />
          <ViewedBanner />
          <StoreBanner />
          <RecordingBanner />
          <SslStripBanner />
          {isCapture && (
            <main className={classes.capture}>
              <SetupScreen empty={false} />
            </main>
          )}
          {isAudit && <AuditPage host={decodeURIComponent(path.slice('/audit/'.length))} />}
          {isSql && <SqlPage />}
          {isSessions && <SessionsPage />}
          {isTraffic && <TrafficPage />}
          {!isCapture && !isAudit && !isSql && !isSessions && !isTraffic && <Redirect to="/" replace />}
        </div>
      </div>
      <StatusBar />
      <ShortcutSheet opened={sheet} onClose={() => setSheet(false)} />
    </div>
  );
}
