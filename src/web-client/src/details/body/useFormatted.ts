import { useEffect, useMemo, useState } from 'react';
import type { CodeLanguage } from './CodeView';
import type { BodyFacts } from './detectBody';
import type { FormattedLanguage } from './format/format';
import { formatInBackground } from './format/formatInBackground';
import { formatJson, formatPartialJson } from './format/formatJson';

export interface FormattedText {
  text: string;
  language: CodeLanguage;
  /** Why it is not formatted. */
  warning: string | null;
}

/** Up to here JSON is formatted at once, so that nothing else is on screen before. */
const atOnce = 100_000;

function languageOf(facts: BodyFacts): FormattedLanguage | null {
  if (facts.kind === 'image') return 'xml';
  const { kind } = facts;
  return kind === 'json' || kind === 'html' || kind === 'xml' || kind === 'css' || kind === 'javascript' ? kind : null;
}

/** So much is shown while the rest is being formatted. */
const firstShown = 3000;

/** The beginning of a text, until all of it is formatted. */
const beginning = (text: string, language: FormattedLanguage): FormattedText => {
  const start = text.slice(0, firstShown);
  return { text: language === 'json' ? formatPartialJson(start) : start, language, warning: null };
};

/** A body's text set out to be read; its beginning while that is being done. What cannot be formatted comes as it is, with the reason. */
export function useFormatted(text: string, facts: BodyFacts, whole: boolean, wanted: boolean): FormattedText {
  const language = languageOf(facts);
  const [done, setDone] = useState<{ source: string; language: FormattedLanguage; result: FormattedText } | null>(null);
  const now = useMemo((): FormattedText | null => {
    if (!wanted || language === null) return { text, language: 'text', warning: null };
    if (language !== 'json') return whole ? null : { text, language, warning: null };
    if (!whole) return { text: formatPartialJson(text), language, warning: null };
    return text.length <= atOnce ? resultOf(text, language, formatJson(text)) : null;
  }, [text, language, whole, wanted]);

  const first = useMemo(
    () =>
      now === null && language !== null
        ? beginning(text, language)
        : { text, language: 'text' as const, warning: null },
    [now, text, language],
  );

  useEffect(() => {
    if (now !== null || language === null) return;
    const abort = new AbortController();
    void formatInBackground(text, language, abort.signal).then((result) => {
      if (!abort.signal.aborted) setDone({ source: text, language, result: resultOf(text, language, result) });
    });
    return () => abort.abort();
  }, [now, text, language]);

  if (now !== null) return now;
  return done && done.source === text && done.language === language ? done.result : first;
}

/** What could not be formatted is not coloured either: its nesting may be what was too much. */
const resultOf = (
  source: string,
  language: CodeLanguage,
  result: { ok: true; text: string } | { ok: false; reason: string },
) =>
  result.ok
    ? { text: result.text, language, warning: null }
    : { text: source, language: 'text' as const, warning: result.reason };
