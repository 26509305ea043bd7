import { Button } from '@mantine/core';
import { IconCertificate, IconCopy, IconDownload } from '@tabler/icons-react';
import type { Certificate } from '../api/types';
import { copyText } from '../copy/clipboard';
import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import classes from './ConnectionTab.module.css';
import { commonName, daysUntil } from './certificate';

interface Props {
  certificate: Certificate;
  open: boolean;
}

export function CertificateView({ certificate, open }: Props) {
  const days = daysUntil(certificate.notAfter, Date.now());
  const name = commonName(certificate.subject);
  return (
    <details className={classes.certificate} open={open}>
      <summary>
        <IconCertificate size={15} aria-hidden="true" />
        <span className={classes.subject}>{name}</span>
        {certificate.isCa && <span className={classes.badge}>{en.tls.ca}</span>}
        <span className={days < 0 ? classes.expired : classes.days}>
          {days < 0 ? en.tls.expired : en.tls.daysLeft(days)}
        </span>
      </summary>
      <dl className={classes.facts}>
        <dt>{en.tls.issuer}</dt>
        <dd>{certificate.issuer}</dd>
        <dt>{en.tls.validity}</dt>
        <dd>{en.tls.until(formatDateTime(certificate.notBefore), formatDateTime(certificate.notAfter))}</dd>
        {certificate.subjectAltNames.length > 0 && (
          <>
            <dt>{en.tls.names}</dt>
            <dd>{certificate.subjectAltNames.join(', ')}</dd>
          </>
        )}
        <dt>{en.tls.key}</dt>
        <dd>{certificate.keyAlgorithm}</dd>
        <dt>{en.tls.signature}</dt>
        <dd>{certificate.signatureAlgorithm}</dd>
        <dt>{en.tls.serial}</dt>
        <dd className="mono">{certificate.serialNumber}</dd>
        <dt>{en.tls.fingerprint}</dt>
        <dd className="mono">{certificate.fingerprintSha256}</dd>
      </dl>
      <div className={classes.actions}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconCopy size={13} />}
          onClick={() => copyText(certificate.pem)}
        >
          {en.tls.copyPem}
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconDownload size={13} />}
          onClick={() => downloadText(certificate.pem, `${name.replace(/[^\w.-]+/g, '_')}.pem`)}
        >
          {en.tls.downloadPem}
        </Button>
      </div>
    </details>
  );
}

function downloadText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
