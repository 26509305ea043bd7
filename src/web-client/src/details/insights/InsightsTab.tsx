import { type ReactNode, useMemo } from 'react';
import type { Finding, FlowDetail } from '../../api/types';
import { en } from '../../strings/en';
import { CachingView } from './CachingView';
import { explainCaching } from './caching';
import { explainCompression } from './compression';
import { explainCors } from './cors';
import { InsightCard } from './InsightCard';
import classes from './InsightsTab.module.css';
import type { Insight } from './insight';
import { explainSecurityHeaders } from './securityHeaders';
import { useFlowAudit } from './useFlowAudit';
import { useMeasured } from './useMeasured';

const tones = { critical: 'bad', high: 'bad', medium: 'warn', low: 'warn', note: 'note' } as const;
const order = ['bad', 'warn', 'note', 'good'];

const ofFinding = (finding: Finding): Insight => ({
  id: finding.id,
  tone: tones[finding.severity],
  title: finding.title,
  text: finding.explanation,
  details: finding.details,
  fix: finding.fix,
  source: finding.source,
});

/** What a flow shows of caching, compression, the rules between sites, and security. */
export default function InsightsTab({ flow }: { flow: FlowDetail }) {
  const measured = useMeasured(flow);
  const audit = useFlowAudit(flow);
  const caching = useMemo(() => explainCaching(flow), [flow]);
  const compression = useMemo(() => explainCompression(flow, measured), [flow, measured]);
  const cors = useMemo(() => explainCors(flow), [flow]);
  const headers = useMemo(() => explainSecurityHeaders(flow), [flow]);
  const found = audit.kind === 'ready' ? audit.findings : [];
  const isCookie = (finding: Finding) => finding.id.startsWith('cookie-');
  const cookies = found.filter(isCookie).map(ofFinding);
  const security = [...headers, ...found.filter((finding) => !isCookie(finding)).map(ofFinding)];
  const isLoopback = found.some(({ id }) => id === 'http-loopback');
  const text = en.insights;
  if (!flow.response) return <p className={classes.none}>{text.noResponse}</p>;
  return (
    <div className={classes.tab} data-testid="insights">
      <Section title={text.caching}>
        {caching && <CachingView caching={caching} />}
        <Cards insights={caching?.insights ?? []} />
      </Section>
      <Section title={text.compression}>
        <Cards insights={compression} none={text.noBody} />
      </Section>
      <Section title={text.security}>
        {audit.kind === 'failed' && (
          <p className={classes.none} role="alert">
            {text.auditFailed(audit.message)}
          </p>
        )}
        <Cards insights={security} none={text.nothingFound} />
      </Section>
      <Section title={text.cookies}>
        <Cards insights={cookies} none={isLoopback ? text.cookiesNotJudged : text.noCookies} />
      </Section>
      <Section title={text.cors}>
        <Cards insights={cors} none={text.noCors} />
      </Section>
    </div>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={classes.section}>
    <h3>{title}</h3>
    {children}
  </section>
);

function Cards({ insights, none }: { insights: readonly Insight[]; none?: string }) {
  if (insights.length === 0) return none ? <p className={classes.none}>{none}</p> : null;
  const sorted = [...insights].sort((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone));
  return (
    <div className={classes.cards}>
      {sorted.map((insight) => (
        <InsightCard key={insight.id} insight={insight} />
      ))}
    </div>
  );
}
