import { formatCode } from './formatCode';
import { formatJson } from './formatJson';
import { formatMarkup } from './formatMarkup';
import type { Formatted } from './formatted';

export type FormattedLanguage = 'json' | 'html' | 'xml' | 'css' | 'javascript';

export function format(source: string, language: FormattedLanguage): Formatted {
  if (language === 'json') return formatJson(source);
  if (language === 'css' || language === 'javascript') return formatCode(source, language);
  return formatMarkup(source, language === 'html');
}
