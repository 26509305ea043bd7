import { Button } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import { en } from '../strings/en';
import { ErrorBoundary } from './ErrorBoundary';
import classes from './LazyPart.module.css';

interface Props {
  children: ReactNode;
  /** Another value is another try. */
  resetKey?: string;
  /** What is there until then. */
  waiting?: ReactNode;
}

/** A part of the page that is fetched when it is wanted. When it does not come, the rest stays, and it says what helps. */
export const LazyPart = ({ children, resetKey = '', waiting = null }: Props) => (
  <ErrorBoundary
    resetKey={resetKey}
    fallback={(reason) => (
      <div className={classes.failed} role="alert">
        <b>{en.lazy.failed}</b>
        <span>{reason}</span>
        <span>{en.lazy.hint}</span>
        <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
          {en.lazy.reload}
        </Button>
      </div>
    )}
  >
    <Suspense fallback={waiting}>{children}</Suspense>
  </ErrorBoundary>
);
