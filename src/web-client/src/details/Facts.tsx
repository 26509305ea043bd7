import type { ReactNode } from 'react';
import classes from './ConnectionTab.module.css';

/** A list of names and what stands behind them. */
export const Facts = ({ children }: { children: ReactNode }) => <dl className={classes.facts}>{children}</dl>;

/** One of them; nothing when there is nothing to say. */
export function Fact({ name, mono, children }: { name: string; mono?: boolean; children: ReactNode }) {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? 'mono' : undefined}>{children}</dd>
    </>
  );
}
