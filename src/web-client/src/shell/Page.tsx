import { type ReactNode, useEffect } from 'react';
import { en } from '../strings/en';
import classes from './Page.module.css';

interface Props {
  title: string;
  /** What the page is for, in a sentence. */
  intro: string;
  /** What can be done with all of it, at the end of the title's line. */
  tools?: ReactNode;
  testId: string;
  children: ReactNode;
}

/** What the pages beside the traffic have around them: a line with the title, which the window has as well. */
export function Page({ title, intro, tools, testId, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${en.appName}`;
    return () => {
      document.title = en.appName;
    };
  }, [title]);

  return (
    <main className={classes.page} data-testid={testId}>
      <header className={classes.bar}>
        <h1>{title}</h1>
        <p>{intro}</p>
        {tools}
      </header>
      {children}
    </main>
  );
}

/** Parts of a page side by side. */
export const PageColumns = ({ children }: { children: ReactNode }) => <div className={classes.columns}>{children}</div>;

/** Why what the page is about cannot be shown. */
export const PageProblem = ({ what, why }: { what: string; why: string }) => (
  <div className={classes.problem} role="alert">
    <b>{what}.</b> {why}
  </div>
);
