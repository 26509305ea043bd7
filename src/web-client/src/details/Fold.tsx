import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ConnectionTab.module.css';

interface Props {
  title: string;
  note?: string;
  open?: boolean;
  testId?: string;
  children: ReactNode;
}

/** A part that can be opened. */
export function Fold({ title, note, open = false, testId, children }: Props) {
  return (
    <details className={classes.fold} open={open} data-testid={testId}>
      <summary>
        <IconChevronRight size={14} className={classes.chevron} aria-hidden="true" />
        <span className={classes.subject}>{title}</span>
        {note && <span className={classes.days}>{note}</span>}
      </summary>
      <div className={classes.inside}>{children}</div>
    </details>
  );
}
