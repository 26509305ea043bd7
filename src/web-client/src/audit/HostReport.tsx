import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { HostAudit } from '../api/types';
import { daysUntil } from '../details/certificate';
import { formatDateTime } from '../format/format';
import { en } from '../strings/en';
import { placePath } from '../traffic/location';
import { FindingCard } from './FindingCard';
import { splitFindings } from './findings';
import { GradeBadge } from './GradeBadge';
import classes from './HostReport.module.css';
import { HstsFacts } from './HstsFacts';
import { TlsUses } from './TlsUses';

interface Props {
  host: HostAudit;
  /** When the audit was made. */
  at: string;
}

export function HostReport({ host, at }: Props) {
  const { counting, notes } = splitFindings(host.findings);
  return (
    <section className={classes.report} aria-label={host.host} data-testid="audit-report">
      <div className={classes.inner}>
        <header className={classes.head}>
          <GradeBadge grade={host.grade} large />
          <div>
            <h2>{host.host}</h2>
            {host.reasons.map((reason) => (
              <p key={reason}>{reason}</p>
            ))}
            <p className={classes.dim}>
              {en.audit.flows(host.flows)} · {en.audit.responses(host.httpsResponses, host.httpResponses)}
              {host.redirectsToHttps > 0 && ` · ${en.audit.redirects(host.redirectsToHttps)}`}
            </p>
          </div>
          <Button
            component={Link}
            href={placePath({ flowId: null, tab: 'response', compare: null, filter: host.host, sort: '' })}
            variant="default"
            size="compact-sm"
          >
            {en.audit.showFlows}
          </Button>
        </header>

        <Facts host={host} at={at} />

        <h3 className={classes.title}>{en.audit.findings}</h3>
        {counting.length === 0 && <p className={classes.dim}>{en.audit.noFindings}</p>}
        {counting.map((finding) => (
          <FindingCard key={finding.id} finding={finding} />
        ))}
        {notes.length > 0 && <h3 className={classes.title}>{en.audit.notes}</h3>}
        {notes.map((finding) => (
          <FindingCard key={finding.id} finding={finding} />
        ))}
      </div>
    </section>
  );
}

function Facts({ host, at }: Props) {
  if (host.serverTls.length === 0 && host.clientTls.length === 0 && host.certificates.length === 0) {
    return <p className={classes.plain}>{en.audit.noTls}</p>;
  }
  return (
    <div className={classes.facts}>
      <article>
        <h3>{en.audit.serverTls}</h3>
        {host.serverTls.length === 0 ? <p>{en.audit.noTls}</p> : <TlsUses uses={host.serverTls} />}
      </article>
      <article>
        <h3 title={en.audit.clientTlsHint}>{en.audit.clientTls}</h3>
        {host.clientTls.length === 0 ? <p>{en.audit.noTls}</p> : <TlsUses uses={host.clientTls} />}
      </article>
      <article>
        <h3>{en.audit.certificates}</h3>
        {host.certificates.length === 0 && <p>{en.audit.noCertificates}</p>}
        {host.certificates.map((certificate) => (
          <div key={certificate.fingerprintSha256} className={classes.certificate}>
            <b>{certificate.subject}</b>
            <span>
              {certificate.key} · {certificate.signature} · {certificate.issuer}
            </span>
            <span title={formatDateTime(certificate.notAfter)}>
              {en.audit.expires(daysUntil(certificate.notAfter, Date.parse(at)))}
              {' · '}
              <Link href={`/flow/${certificate.firstFlow}/connection`}>{en.audit.flow(certificate.firstFlow)}</Link>
            </span>
            {certificate.error && <span className={classes.bad}>{certificate.error}</span>}
          </div>
        ))}
      </article>
      <article>
        <h3>{en.audit.hsts}</h3>
        <HstsFacts hsts={host.hsts} />
      </article>
    </div>
  );
}
