import { IconCertificate, IconDownload } from '@tabler/icons-react';
import type { Certificate } from '../api/types';
import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import classes from './ConnectionTab.module.css';
import { CopyButton } from './CopyButton';
import { commonName, validityOf } from './certificate';
import { Fact, Facts } from './Facts';
import { NameList } from './NameList';

interface Props {
  certificate: Certificate;
  open: boolean;
}

export function CertificateView({ certificate, open }: Props) {
  const validity = validityOf(certificate, Date.now());
  const name = commonName(certificate.subject) || certificate.subjectAltNames[0]?.replace(/^\w+:/, '') || '';
  return (
    <details className={classes.fold} open={open} data-testid="certificate">
      <summary>
        <IconCertificate size={15} aria-hidden="true" />
        <span className={classes.subject}>{name}</span>
        {certificate.isCa && <span className={classes.badge}>{en.tls.ca}</span>}
        {certificate.isSelfSigned && <span className={classes.badge}>{en.tls.selfSigned}</span>}
        <span className={validity.valid ? classes.days : classes.expired}>{validity.text}</span>
      </summary>
      <div className={classes.inside}>
        <Facts>
          <Fact name={en.tls.subject}>{certificate.subject}</Fact>
          <Fact name={en.tls.issuer}>{certificate.issuer}</Fact>
          <Fact name={en.tls.validity}>
            {en.tls.until(formatDateTime(certificate.notBefore), formatDateTime(certificate.notAfter))}
          </Fact>
          <Fact name={en.tls.names}>
            {certificate.subjectAltNames.length > 0 && <NameList names={certificate.subjectAltNames} />}
          </Fact>
          <Fact name={en.tls.key}>{certificate.keyAlgorithm}</Fact>
          <Fact name={en.tls.signature}>{certificate.signatureAlgorithm}</Fact>
          <Fact name={en.tls.keyUsages}>{certificate.keyUsages.join(', ')}</Fact>
          <Fact name={en.tls.extendedKeyUsages}>{certificate.extendedKeyUsages.join(', ')}</Fact>
          <Fact name={en.tls.ocspUrls}>{certificate.ocspUrls.join(' ')}</Fact>
          <Fact name={en.tls.issuerUrls}>{certificate.issuerUrls.join(' ')}</Fact>
          <Fact name={en.tls.crlUrls}>{certificate.crlUrls.join(' ')}</Fact>
          <Fact name={en.tls.serial} mono>
            {certificate.serialNumber}
          </Fact>
          <Fact name={en.tls.subjectKeyId} mono>
            {certificate.subjectKeyIdentifier}
          </Fact>
          <Fact name={en.tls.authorityKeyId} mono>
            {certificate.authorityKeyIdentifier}
          </Fact>
          <Copyable name={en.tls.fingerprintSha1} value={certificate.fingerprintSha1} />
          <Copyable name={en.tls.fingerprint} value={certificate.fingerprintSha256} />
          {certificate.publicKeySha256 && (
            <Copyable name={en.tls.publicKeyPin} value={`sha256/${certificate.publicKeySha256}`} />
          )}
        </Facts>
        <div className={classes.actions}>
          <CopyButton text={certificate.pem} label={en.tls.copyPem}>
            {en.tls.copyPem}
          </CopyButton>
          <button
            type="button"
            className={classes.download}
            onClick={() => downloadText(certificate.pem, `${name.replace(/[^\w.-]+/g, '_')}.pem`)}
          >
            <IconDownload size={13} aria-hidden="true" />
            {en.tls.downloadPem}
          </button>
        </div>
      </div>
    </details>
  );
}

function Copyable({ name, value }: { name: string; value: string }) {
  return (
    <Fact name={name} mono>
      {value} <CopyButton text={value} label={en.tls.copyValue(name)} />
    </Fact>
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
