import { Button } from '@mantine/core';
import {
  IconArrowUpRight,
  IconBrowser,
  IconCertificate,
  IconDeviceMobile,
  IconDownload,
  IconTerminal2,
} from '@tabler/icons-react';
import { useCallback, useSyncExternalStore } from 'react';
import type { ProxyState } from '../api/types';
import { en } from '../strings/en';
import { useProxyState, useSampled, useSession } from '../traffic/sessionContext';
import { CopyLine } from './CopyLine';
import { PassThroughCard } from './PassThroughCard';
import classes from './SetupScreen.module.css';
import { SetupSteps } from './SetupSteps';
import { addressFor, browserLines, proxyAddresses, remoteAddresses, terminalLines } from './setupLines';

const downloads = ['pem', 'cer', 'p12', 'mobileconfig'] as const;

/** How to send traffic through the proxy; also what an empty list shows. */
export function SetupScreen({ empty }: { empty: boolean }) {
  const state = useProxyState();
  return (
    <section
      className={classes.screen}
      data-testid={empty ? 'empty-setup' : 'setup'}
      aria-label={en.setup.title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
      tabIndex={0}
    >
      {state && <Loaded state={state} empty={empty} />}
    </section>
  );
}

function Loaded({ state, empty }: { state: ProxyState; empty: boolean }) {
  const session = useSession();
  const hasHttps = useSampled(
    useCallback(() => {
      for (let i = session.list.total - 1, seen = 0; i >= 0 && seen < 200; i--, seen++) {
        const row = session.list.row(i);
        if (row?.scheme === 'https' && row.status !== null) return true;
      }
      return false;
    }, [session]),
    300,
  );
  const refused = state.rejections.find((one) => one.sawCertificate)?.client ?? null;
  const address = addressFor(state, window.location.hostname);
  const remote = remoteAddresses(state);
  const isAway = useSyncExternalStore(session.hub.onStatus, session.hub.getStatus).kind === 'lost';
  const isListening = address !== null && !isAway;
  const problem = state.listeners.find((listener) => listener.error)?.error;

  return (
    <div className={classes.inner}>
      <header className={classes.hero}>
        <div>
          <h1>
            <span className={classes.beacon} data-on={isListening} aria-hidden="true" />
            {isAway ? en.setup.away : address ? en.setup.listening(address) : en.setup.notListening}
            {isListening && empty && (
              <span className={classes.waiting}>
                {state.recording.on ? `${en.setup.waitingFor}…` : en.setup.notRecording}
              </span>
            )}
          </h1>
          <p>{isAway ? en.connection.away : (problem ?? en.setup.intro)}</p>
        </div>
        <SetupSteps listening={isListening} lastClient={state.lastClient} hasHttps={hasHttps} refused={refused} />
      </header>
      <div className={classes.cards}>
        {address && (
          <article className={classes.card} data-wide="true">
            <h2>
              <IconTerminal2 size={17} aria-hidden="true" />
              {en.setup.terminal}
            </h2>
            <p>{en.setup.terminalHint}</p>
            {terminalLines(address, state.ca.path).map(({ name, line }) => (
              <CopyLine key={name} name={en.setup.lines[name]} line={line} />
            ))}
          </article>
        )}
        <article className={classes.card}>
          <h2>
            <IconCertificate size={17} aria-hidden="true" />
            {en.setup.certificate}
          </h2>
          <p>{en.setup.certificateHint}</p>
          <div className={classes.downloads}>
            {downloads.map((format) => (
              <a key={format} className={classes.download} href={`/api/certificate/${format}`} download>
                <IconDownload size={15} aria-hidden="true" />
                <b>{en.setup.download[format]}</b>
                <span>{en.setup.downloadHint[format]}</span>
              </a>
            ))}
          </div>
          <dl className={classes.facts}>
            <dt>{en.setup.certificatePath}</dt>
            <dd className="mono">{state.ca.path}</dd>
            <dt>{en.setup.fingerprint}</dt>
            <dd className="mono">{state.ca.fingerprintSha256}</dd>
          </dl>
        </article>
        <div className={classes.stack}>
          <article className={classes.card}>
            <h2>
              <IconDeviceMobile size={17} aria-hidden="true" />
              {en.setup.phone}
            </h2>
            <div className={classes.phone}>
              <div>
                <p>{remote.length > 0 ? en.setup.phoneHint : en.setup.phoneUnreachable}</p>
                {remote.length > 0 && (
                  <p>
                    {en.setup.address}: <code>{remote.join(', ')}</code>
                  </p>
                )}
                <p>
                  {en.setup.phoneMagic} <code>{`http://${state.magicHost}/`}</code>
                </p>
                <Button
                  component="a"
                  href="/setup"
                  target="_blank"
                  rel="noopener"
                  variant="default"
                  rightSection={<IconArrowUpRight size={14} />}
                >
                  {en.setup.openSetup}
                </Button>
              </div>
              {remote.length > 0 && <img src="/setup/qr.svg" alt={en.setup.qrAlt} width={128} height={128} />}
            </div>
          </article>
          {address && (
            <article className={classes.card}>
              <h2>
                <IconBrowser size={17} aria-hidden="true" />
                {en.setup.browser}
              </h2>
              <p>{en.setup.browserHint}</p>
              {browserLines(address).map(({ name, line }) => (
                <CopyLine key={name} name={en.setup.lines[name]} line={line} />
              ))}
              <p className={classes.aside}>
                {en.setup.browserTrust}{' '}
                <a href="/setup" target="_blank" rel="noopener">
                  {en.setup.browserSteps}
                </a>
                .
              </p>
              <p className={classes.aside}>
                {en.setup.browserManual} <code>{proxyAddresses(state).join(', ')}</code>
              </p>
            </article>
          )}
        </div>
        {!empty && <PassThroughCard passThrough={state.passThrough} />}
      </div>
    </div>
  );
}
