import type { HostAudit } from '../api/types';
import { en } from '../strings/en';
import { gradeTone } from './findings';
import classes from './GradeBadge.module.css';

export function GradeBadge({ grade, large = false }: { grade: HostAudit['grade']; large?: boolean }) {
  const text = grade === null ? en.audit.ungraded : en.audit.grade(grade);
  return (
    <span
      className={classes.grade}
      data-tone={gradeTone(grade)}
      data-large={large}
      title={text}
      role="img"
      aria-label={text}
    >
      {grade ?? '–'}
    </span>
  );
}
