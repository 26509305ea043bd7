import { en } from '../../strings/en';
import type { CodeLanguage } from './CodeView';
import type { BodyFacts, BodyMode } from './detectBody';
import { formatJson, formatPartialJson } from './formatJson';

export interface Presented {
  text: string;
  language: CodeLanguage;
  /** Why it is not shown the way that was asked for. */
  warning: string | null;
}

/** The text to show for a body in a mode that shows text. */
export function presentBody(text: string, facts: BodyFacts, mode: BodyMode, complete: boolean): Presented {
  if (mode !== 'pretty') return { text, language: 'text', warning: null };
  if (facts.kind === 'json') {
    if (!complete) return { text: formatPartialJson(text), language: 'json', warning: null };
    const result = formatJson(text);
    return result.ok
      ? { text: result.text, language: 'json', warning: null }
      : { text, language: 'json', warning: en.body.malformed(result.reason) };
  }
  if (facts.kind === 'image') return { text, language: 'xml', warning: null };
  const known: CodeLanguage[] = ['html', 'xml', 'css', 'javascript'];
  return { text, language: known.find((language) => language === facts.kind) ?? 'text', warning: null };
}

/** The mode for a body: the one chosen before for its content type where it fits, or the best one. */
export function chooseMode(facts: BodyFacts, remembered: Readonly<Record<string, BodyMode>>): BodyMode {
  const chosen = remembered[facts.mediaType];
  return chosen && facts.modes.includes(chosen) ? chosen : (facts.modes[0] ?? 'raw');
}
