import type { ReactNode } from 'react';
import type { ClientConnection, FlowDetail, ServerConnection, Tls } from '../api/types';
import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import { CertificateView } from './CertificateView';
import classes from './ConnectionTab.module.css';

export function ConnectionTab({ flow }: { flow: FlowDetail }) {
  return (
    <div className={classes.columns}>
      <section className={classes.side}>
        <h3>{en.tls.client}</h3>
        {flow.clientConnection ? (
          <ClientSide connection={flow.clientConnection} version={flow.httpVersion} />
        ) : (
          <p className={classes.note}>{en.tls.none}</p>
        )}
      </section>
      <section className={classes.side}>
        <h3>{en.tls.server}</h3>
        {flow.serverConnection ? (
          <ServerSide connection={flow.serverConnection} version={flow.serverHttpVersion} />
        ) : (
          <p className={classes.note}>{en.tls.none}</p>
        )}
      </section>
    </div>
  );
}

function ClientSide({ connection, version }: { connection: ClientConnection; version: string | null }) {
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={en.tls.id}>#{connection.id}</Fact>
        <Fact name={en.tls.address}>{connection.address}</Fact>
        <Fact name={en.tls.localAddress}>{connection.localAddress}</Fact>
        <Fact name={en.tls.mode}>{connection.mode}</Fact>
        <Fact name={en.tls.opened}>{formatDateTime(connection.openedAt)}</Fact>
        <Fact name={en.tls.protocol}>{version}</Fact>
      </dl>
      <TlsFacts tls={connection.tls} />
    </>
  );
}

function ServerSide({ connection, version }: { connection: ServerConnection; version: string | null }) {
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={en.tls.id}>
          #{connection.id} <em>{connection.reused ? en.tls.reused : en.tls.new}</em>
        </Fact>
        <Fact name={en.tls.destination}>{`${connection.host}:${connection.port}`}</Fact>
        <Fact name={en.tls.address}>{connection.address}</Fact>
        <Fact name={en.tls.resolved}>{connection.addresses?.join(', ')}</Fact>
        <Fact name={en.tls.localAddress}>{connection.localAddress}</Fact>
        <Fact name={en.tls.opened}>{formatDateTime(connection.openedAt)}</Fact>
        <Fact name={en.tls.protocol}>{version}</Fact>
      </dl>
      <TlsFacts tls={connection.tls} />
    </>
  );
}

function TlsFacts({ tls }: { tls: Tls | null }) {
  if (!tls) return <p className={classes.note}>{en.tls.plain}</p>;
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={en.tls.version}>{tls.version}</Fact>
        <Fact name={en.tls.cipher}>{tls.cipherSuite}</Fact>
        <Fact name={en.tls.alpn}>
          {tls.alpn ?? en.tls.noAlpn}{' '}
          {tls.alpnOffered && tls.alpnOffered.length > 0 && <em>{en.tls.offered(tls.alpnOffered.join(', '))}</em>}
        </Fact>
        <Fact name={en.tls.sni}>{tls.sni}</Fact>
        {tls.certificateError && (
          <>
            <dt>{en.tls.certificateError}</dt>
            <dd className={classes.problem}>{tls.certificateError}</dd>
          </>
        )}
      </dl>
      {tls.certificates.length > 0 && (
        <>
          <h4>{en.tls.certificates}</h4>
          {tls.certificates.map((certificate, i) => (
            <CertificateView
              key={certificate.fingerprintSha256 + certificate.subject}
              certificate={certificate}
              open={i === 0}
            />
          ))}
        </>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
