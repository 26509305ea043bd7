import { IconDownload } from '@tabler/icons-react';
import { certificatesUrl } from '../api/rest';
import type { ConnectionSide, FlowDetail, Tls } from '../api/types';
import { en } from '../strings/en';
import { CertificateView } from './CertificateView';
import classes from './ConnectionTab.module.css';
import { CopyButton } from './CopyButton';
import { VerificationView } from './VerificationView';

interface Props {
  flow: FlowDetail;
  tls: Tls;
  side: ConnectionSide;
}

/** The certificates as the server of a connection sent them, and what became of them. */
export function CertificateChain({ flow, tls, side }: Props) {
  const { certificates } = tls;
  return (
    <div data-testid={`chain-${side}`}>
      <h4>{en.tls.certificates(certificates.length)}</h4>
      {(certificates.length > 0 || tls.certificateError) && (
        <VerificationView
          tls={tls}
          side={side}
          refused={flow.kind === 'tls' && flow.errorDetail?.step === 'clientTls'}
        />
      )}
      {certificates.length === 0 ? (
        <p className={classes.note}>{tls.resumed ? en.tls.noCertificatesResumed : en.tls.noCertificates}</p>
      ) : (
        <>
          {certificates.map((certificate, i) => (
            <CertificateView
              // biome-ignore lint/suspicious/noArrayIndexKey: a server may send one twice, and the order is that of the wire.
              key={`${i} ${certificate.fingerprintSha256}`}
              certificate={certificate}
              open={i === 0 && side === 'server'}
            />
          ))}
          <div className={classes.chainActions}>
            <a className={classes.download} href={certificatesUrl(flow.id, side)} download>
              <IconDownload size={13} aria-hidden="true" />
              {en.tls.downloadChain}
            </a>
            <CopyButton
              text={certificates.map((certificate) => `${certificate.pem}\n`).join('')}
              label={en.tls.copyChain}
            >
              {en.tls.copyChain}
            </CopyButton>
          </div>
        </>
      )}
    </div>
  );
}
