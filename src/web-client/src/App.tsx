import { lazy, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import classes from './App.module.css';
import type { Screen } from './actions/actions';
import { useKeyboard } from './actions/useKeyboard';
import { RecordingBanner } from './recording/RecordingBanner';
import { useSavedFiltersFeed } from './saved/useSavedFilters';
import { useSessionNotice } from './sessions/useSessionNotice';
import { ViewedBanner } from './sessions/ViewedBanner';
import { SetupScreen } from './setup/SetupScreen';
import { ConnectionBanner } from './shell/ConnectionBanner';
import { KeysOff } from './shell/KeysOff';
import { Part } from './shell/Part';
import { Rail } from './shell/Rail';
import { SignedOut } from './shell/SignedOut';
import { SslStripBanner } from './shell/SslStripBanner';
import { StatusBar } from './shell/StatusBar';
import { StoreBanner } from './shell/StoreBanner';
import { screenAt } from './shell/screenAt';
import { useShellActions } from './shell/useShellActions';
import { useContrastAttribute } from './theme/contrast';
import { parsePlace, placePath } from './traffic/location';
import { useSession } from './traffic/sessionContext';
import { TrafficPage } from './traffic/TrafficPage';

// Fetched when they are wanted, and before that once the list is up, so that they come at once and without a connection.
const parts = {
  palette: () => import('./palette/Palette'),
  sheet: () => import('./shell/ShortcutSheet'),
  settings: () => import('./settings/SettingsPage'),
  audit: () => import('./audit/AuditPage'),
  sql: () => import('./sql/SqlPage'),
  sessions: () => import('./sessions/SessionsPage'),
  editor: () => import('./details/body/CodeView'),
};
const Palette = lazy(parts.palette);
const ShortcutSheet = lazy(parts.sheet);
const SettingsPage = lazy(parts.settings);
const AuditPage = lazy(parts.audit);
const SqlPage = lazy(parts.sql);
const SessionsPage = lazy(parts.sessions);
const fetchAfterMs = 1500;

export function App() {
  const session = useSession();
  const signedOut = useSyncExternalStore(session.onChange, session.getSignedOut);
  const [over, setOver] = useState<'palette' | 'sheet' | null>(null);
  const [path, navigate] = useLocation();
  const search = useSearch();
  const screen = screenAt(path);
  const traffic = useRef('/');
  if (screen === 'traffic') traffic.current = search ? `${path}?${search}` : path;

  useEffect(() => session.start(), [session]);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const fetchPart of Object.values(parts)) void fetchPart().catch(() => {});
    }, fetchAfterMs);
    return () => clearTimeout(timer);
  }, []);
  const goTo = useCallback((to: Screen) => navigate(to === 'traffic' ? traffic.current : `/${to}`), [navigate]);
  const filterBy = useCallback(
    (filter: string) => {
      const [at = '/', query = ''] = traffic.current.split('?');
      navigate(placePath({ ...parsePlace(at, query), filter }));
    },
    [navigate],
  );
  const close = useCallback(() => setOver(null), []);
  useSavedFiltersFeed();
  useContrastAttribute();
  useSessionNotice();
  useShellActions({
    goTo,
    togglePalette: () => setOver((now) => (now === 'palette' ? null : 'palette')),
    toggleSheet: () => setOver((now) => (now === 'sheet' ? null : 'sheet')),
  });
  useKeyboard();

  if (signedOut) return <SignedOut />;
  return (
    <div className={classes.app}>
      <div className={classes.body}>
        <Rail
          screen={screen}
          trafficHref={traffic.current}
          onPalette={() => setOver('palette')}
          onHelp={() => setOver('sheet')}
        />
        <div className={classes.main}>
          <ConnectionBanner />
          <ViewedBanner />
          <StoreBanner />
          <RecordingBanner />
          <SslStripBanner />
          {over !== null && (
            <Part resetKey={over} waiting={<KeysOff />}>
              {over === 'palette' && (
                <Palette screen={screen ?? 'traffic'} goTo={goTo} onFilter={filterBy} onClose={close} />
              )}
              {over === 'sheet' && <ShortcutSheet onClose={close} />}
            </Part>
          )}
          <Part resetKey={screen ?? ''}>
            {screen === 'capture' && (
              <main className={classes.capture}>
                <SetupScreen empty={false} />
              </main>
            )}
            {screen === 'audit' && <AuditPage host={decodeURIComponent(path.slice('/audit/'.length))} />}
            {screen === 'sql' && <SqlPage />}
            {screen === 'sessions' && <SessionsPage />}
            {screen === 'settings' && <SettingsPage />}
            {screen === 'traffic' && <TrafficPage />}
          </Part>
          {screen === null && <Redirect to="/" replace />}
        </div>
      </div>
      <StatusBar />
    </div>
  );
}
