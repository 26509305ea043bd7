import { lazy, Suspense, useMemo } from 'react';
import type { BodyMatch } from '../../api/types';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import classes from './BodyView.module.css';
import type { CodeLanguage } from './CodeView';
import { type TextRange, throughFormatting, toCharacters } from './offsets';

const CodeView = lazy(() => import('./CodeView'));
/** Shown when the editor cannot be loaded (the proxy is away, or was updated since this page was opened). */
const maxPlain = 200_000;
const nothing: readonly TextRange[] = [];

interface Props {
  /** The text as it was sent, and what it was made from. */
  source: string;
  bytes: Uint8Array;
  charset: string;
  /** The text to show, which differs from the source in white space alone. */
  text: string;
  language: CodeLanguage;
  wrap: boolean;
  label: string;
  matches: readonly BodyMatch[];
  current: BodyMatch | null;
  resetKey: string | number;
}

/** A text in an editor that cannot be written to. */
export function TextView({ source, bytes, charset, text, language, wrap, label, matches, current, resetKey }: Props) {
  const found = useMemo(() => {
    if (matches.length === 0) return nothing;
    const ranges = toCharacters(bytes, charset, matches);
    return text === source ? ranges : throughFormatting(source, text, ranges);
  }, [matches, bytes, charset, source, text]);
  return (
    <ErrorBoundary
      resetKey={resetKey}
      fallback={() => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
        <pre className={classes.plain} tabIndex={0}>
          {text.slice(0, maxPlain)}
        </pre>
      )}
    >
      <Suspense fallback={<pre className={classes.plain}>{text.slice(0, 4000)}</pre>}>
        <CodeView
          text={text}
          language={language}
          wrap={wrap}
          label={label}
          found={found}
          current={current ? matches.indexOf(current) : -1}
        />
      </Suspense>
    </ErrorBoundary>
  );
}
