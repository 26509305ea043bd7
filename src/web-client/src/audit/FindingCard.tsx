import { Link } from 'wouter';
import type { Finding } from '../api/types';
import { en } from '../strings/en';
import classes from './FindingCard.module.css';

/** A finding: what, why it matters, what exactly was seen, what to do, and the flows that show it. */
export function FindingCard({ finding }: { finding: Finding }) {
  return (
    <details
      className={classes.card}
      data-severity={finding.severity}
      data-testid="audit-finding"
      data-id={finding.id}
      open={finding.severity !== 'note'}
    >
      <summary>
        <span className={classes.severity}>{en.audit.severity[finding.severity]}</span>
        <b>{finding.title}</b>
        <span className={classes.seen}>{en.audit.seen(finding.count)}</span>
      </summary>
      <p>{finding.explanation}</p>
      {finding.details.length > 0 && (
        <ul>
          {finding.details.map((detail) => (
            <li key={detail}>
              <code>{detail}</code>
            </li>
          ))}
        </ul>
      )}
      <dl>
        <dt>{en.audit.fix}</dt>
        <dd>{finding.fix}</dd>
        <dt>{en.audit.evidence}</dt>
        <dd className={classes.flows}>
          {finding.flows.map((flow) => (
            <Link key={flow} href={`/flow/${flow}/response`}>
              {en.audit.flow(flow)}
            </Link>
          ))}
        </dd>
        <dt>{en.audit.source}</dt>
        <dd>
          {finding.source} <span className={classes.id}>{finding.id}</span>
        </dd>
      </dl>
    </details>
  );
}
