import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import { FailedPart } from './FailedPart';

interface Props {
  children: ReactNode;
  /** Another value is another try. */
  resetKey: string;
  /** What is there until the part has been fetched. */
  waiting?: ReactNode;
}

/** A part of the page, fetched when it is wanted or there from the beginning. When it fails, the rest stays, and it says what helps. */
export const Part = ({ children, resetKey, waiting = null }: Props) => (
  <ErrorBoundary resetKey={resetKey} fallback={(reason) => <FailedPart reason={reason} />}>
    <Suspense fallback={waiting}>{children}</Suspense>
  </ErrorBoundary>
);
