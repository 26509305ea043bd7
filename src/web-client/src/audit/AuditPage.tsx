import { Button } from '@mantine/core';
import { IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useActions } from '../actions/handlers';
import type { Audit } from '../api/types';
import { quoteText } from '../copy/shellQuote';
import { CopyLine } from '../setup/CopyLine';
import { Page, PageColumns, PageProblem } from '../shell/Page';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import classes from './AuditPage.module.css';
import { HostList } from './HostList';
import { HostReport } from './HostReport';
import { useAudit } from './useAudit';

/** What the traffic shows of the hosts' security: the hosts with their grades, and the report on one of them. */
export default function AuditPage({ host }: { host: string }) {
  const { audit, loading, problem, reload } = useAudit();
  useActions({ 'audit.again': reload });
  const session = useProxyState()?.session;
  const changes = audit && session && session.id === audit.session ? Math.max(0, session.seq - audit.seq) : 0;

  return (
    <Page
      title={en.audit.title}
      intro={en.audit.intro}
      testId="audit"
      tools={
        <>
          {changes > 0 && !loading && <span className={classes.newer}>{en.audit.newer(changes)}</span>}
          <Button
            variant="default"
            size="compact-sm"
            loading={loading}
            leftSection={<IconRefresh size={14} />}
            onClick={reload}
            data-testid="audit-again"
          >
            {en.audit.again}
          </Button>
        </>
      }
    >
      {problem && <PageProblem what={en.audit.failed} why={problem} />}
      {audit ? <Loaded audit={audit} host={host} /> : loading && <p className={classes.loading}>{en.audit.loading}</p>}
    </Page>
  );
}

function Loaded({ audit, host }: { audit: Audit; host: string }) {
  if (audit.hosts.length === 0) return <Empty audit={audit} />;
  const shown = host ? audit.hosts.find((one) => one.host === host) : audit.hosts[0];
  return (
    <PageColumns>
      <HostList audit={audit} current={shown?.host ?? null} />
      {shown ? (
        <HostReport key={shown.host} host={shown} at={audit.at} />
      ) : (
        <p className={classes.loading}>{en.audit.unknownHost(host)}</p>
      )}
    </PageColumns>
  );
}

function Empty({ audit }: { audit: Audit }) {
  return (
    <div className={classes.empty} data-testid="audit-empty">
      <IconShieldCheck size={40} stroke={1.3} aria-hidden="true" />
      <h2>{en.audit.emptyTitle}</h2>
      <p>{en.audit.emptyText}</p>
      {audit.modifiedFlows > 0 && <p>{en.audit.modified(audit.modifiedFlows)}</p>}
      <Button component={Link} href="/capture" variant="default">
        {en.audit.emptyLink}
      </Button>
      <p className={classes.file}>{en.audit.file}</p>
      <CopyLine
        name="audit"
        line={`mitmweb audit ${/^[\w./-]+$/.test(audit.path) ? audit.path : quoteText(audit.path)}`}
      />
    </div>
  );
}
