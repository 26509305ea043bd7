import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { usePersistent } from '../theme/persistent';
import classes from './ConnectionTab.module.css';

const none: Record<string, boolean> = {};

interface Props {
  title: string;
  note?: string;
  open?: boolean;
  testId?: string;
  /** The name under which this browser remembers whether it is open. */
  remember?: string;
  children: ReactNode;
}

/** A part that can be opened. */
export function Fold({ title, note, open = false, testId, remember, children }: Props) {
  const [folds, setFolds] = usePersistent('folds', none);
  const isOpen = (remember === undefined ? undefined : folds[remember]) ?? open;
  return (
    <details
      className={classes.fold}
      open={isOpen}
      data-testid={testId}
      onToggle={({ currentTarget }) => {
        if (remember !== undefined && currentTarget.open !== isOpen)
          setFolds({ ...folds, [remember]: currentTarget.open });
      }}
    >
      <summary>
        <IconChevronRight size={14} className={classes.chevron} aria-hidden="true" />
        <span className={classes.subject}>{title}</span>
        {note && <span className={classes.days}>{note}</span>}
      </summary>
      <div className={classes.inside}>{children}</div>
    </details>
  );
}
