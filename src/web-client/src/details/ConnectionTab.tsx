import type { ConnectionSide, FlowDetail, Tls } from '../api/types';
import { en } from '../strings/en';
import { CertificateChain } from './CertificateChain';
import { CertificateView } from './CertificateView';
import { ClientHelloView } from './ClientHelloView';
import classes from './ConnectionTab.module.css';
import { ConnectionTable } from './ConnectionTable';
import { ServerHelloView } from './ServerHelloView';

/** Who negotiated what with whom: both connections of a flow side by side, and each handshake taken apart. */
export function ConnectionTab({ flow }: { flow: FlowDetail }) {
  const client = flow.clientConnection?.tls;
  const server = flow.serverConnection?.tls;
  return (
    <div className={classes.tab} data-testid="connection-tab">
      <ConnectionTable flow={flow} />
      <div className={classes.columns}>
        {client && <Handshake flow={flow} tls={client} side="client" />}
        {server && <Handshake flow={flow} tls={server} side="server" />}
      </div>
    </div>
  );
}

function Handshake({ flow, tls, side }: { flow: FlowDetail; tls: Tls; side: ConnectionSide }) {
  const failed = flow.errorDetail?.step === `${side}Tls` ? flow.errorDetail : null;
  return (
    <section className={classes.side}>
      <h3>{en.tls[side]}</h3>
      {failed && <p className={classes.problem}>{failed.message}</p>}
      {flow.kind !== 'passedThrough' && <CertificateChain flow={flow} tls={tls} side={side} />}
      {tls.clientCertificate && (
        <div data-testid={`client-certificate-${side}`}>
          <h4>{en.tls.clientCertificateOf[side]}</h4>
          <CertificateView certificate={tls.clientCertificate} open={false} />
        </div>
      )}
      {(tls.clientHello || tls.serverHello) && <h4>{en.tls.handshakeMessages}</h4>}
      {tls.clientHello && <ClientHelloView hello={tls.clientHello} side={side} />}
      {tls.serverHello && <ServerHelloView hello={tls.serverHello} side={side} />}
    </section>
  );
}
