import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { en } from '../../strings/en';
import classes from './InsightsTab.module.css';
import type { Insight } from './insight';

const size = 15;
const icons: Record<Insight['tone'], ReactNode> = {
  good: <IconCircleCheck size={size} aria-hidden="true" />,
  note: <IconInfoCircle size={size} aria-hidden="true" />,
  warn: <IconAlertTriangle size={size} aria-hidden="true" />,
  bad: <IconCircleX size={size} aria-hidden="true" />,
};

/** What, why, what to do, and where it is written. */
export function InsightCard({ insight }: { insight: Insight }) {
  return (
    <article className={classes.card} data-tone={insight.tone} data-testid="insight" data-id={insight.id}>
      <h4>
        <span title={en.insights.tone[insight.tone]}>{icons[insight.tone]}</span>
        {insight.title}
      </h4>
      <p>{insight.text}</p>
      {insight.details && insight.details.length > 0 && (
        <ul>
          {insight.details.map((detail) => (
            <li key={detail}>
              <code>{detail}</code>
            </li>
          ))}
        </ul>
      )}
      {insight.fix && (
        <p>
          <b>{en.audit.fix}:</b> {insight.fix}
        </p>
      )}
      <small>{insight.source}</small>
    </article>
  );
}
